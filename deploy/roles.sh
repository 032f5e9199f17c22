#!/bin/sh
# Makes the database and its two roles on a new server: the owner, who migrates, and the role that the portal runs as.
# Their names and passwords are those in the two addresses. Run by the image of PostgreSQL when its volume is empty.
set -eu

# Of postgres://user:password@host:port/database; addresses hold passwords as they are (make them with token_urlsafe).
part() { sed -E "s|^[a-z]+://([^:]+):([^@]+)@[^/]+/([^?]+).*\$|\\$2|" "$1"; }
# By the environment: everybody on the machine can read the arguments of a process.
OWNER=$(part "$OWNER_DATABASE_URL_FILE" 1)
OWNER_PASSWORD=$(part "$OWNER_DATABASE_URL_FILE" 2)
PORTAL=$(part "$DATABASE_URL_FILE" 1)
PORTAL_PASSWORD=$(part "$DATABASE_URL_FILE" 2)
DATABASE=$(part "$DATABASE_URL_FILE" 3)
export OWNER OWNER_PASSWORD PORTAL PORTAL_PASSWORD DATABASE
psql --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv owner OWNER
\getenv owner_password OWNER_PASSWORD
\getenv portal PORTAL
\getenv portal_password PORTAL_PASSWORD
\getenv database DATABASE
CREATE ROLE :"owner" LOGIN PASSWORD :'owner_password';
CREATE ROLE :"portal" LOGIN PASSWORD :'portal_password';
-- What waits or takes longer than a visitor does must not hold a process of the portal. Not the owner: migrations may.
ALTER ROLE :"portal" SET lock_timeout = '20s';
ALTER ROLE :"portal" SET statement_timeout = '50s';
ALTER ROLE :"portal" SET idle_in_transaction_session_timeout = '60s';
CREATE DATABASE :"database" OWNER :"owner";
SQL
