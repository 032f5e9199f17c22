#!/bin/sh
# Makes the database and its two roles on a new server: the owner, who migrates, and the role that the portal runs as.
# Their names and passwords are those in the two addresses. Run by the image of PostgreSQL when its volume is empty.
set -eu

# Of postgres://user:password@host:port/database; addresses hold passwords as they are (make them with token_urlsafe).
part() { sed -E "s|^[a-z]+://([^:]+):([^@]+)@[^/]+/([^?]+).*\$|\\$2|" "$1"; }
owner=$OWNER_DATABASE_URL_FILE
portal=$DATABASE_URL_FILE

psql --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    --set owner="$(part "$owner" 1)" --set owner_password="$(part "$owner" 2)" \
    --set portal="$(part "$portal" 1)" --set portal_password="$(part "$portal" 2)" \
    --set database="$(part "$portal" 3)" <<'SQL'
CREATE ROLE :"owner" LOGIN PASSWORD :'owner_password';
CREATE ROLE :"portal" LOGIN PASSWORD :'portal_password';
-- What waits or takes longer than a visitor does must not hold a process of the portal. Not the owner: migrations may.
ALTER ROLE :"portal" SET lock_timeout = '20s';
ALTER ROLE :"portal" SET statement_timeout = '50s';
ALTER ROLE :"portal" SET idle_in_transaction_session_timeout = '60s';
CREATE DATABASE :"database" OWNER :"owner";
SQL
