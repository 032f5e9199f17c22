#!/bin/sh
# restore.sh FOLDER: puts back what backup.sh kept, into an empty database and an empty folder for photos.
# It stops where anything is there already. Afterwards: migrate and rechten, as at every start.
set -eu

from=$BACKUP_DIR/$1
(cd "$from" && sha256sum --check --quiet SHA256SUMS)
if [ -n "$(ls -A "$MEDIA_DIR")" ]; then
    echo "There are files in $MEDIA_DIR; nothing was done." >&2
    exit 1
fi
# By the environment: everybody on the machine can read the arguments of a process.
PGPASSWORD=$(sed -E 's|^[a-z]+://[^:]+:([^@]+)@.*$|\1|' "$DATABASE_URL_FILE")
export PGPASSWORD
address=$(sed -E 's|^([a-z]+://[^:]+):[^@]+@|\1@|' "$DATABASE_URL_FILE")
# Without the rights: "rechten" sets them anew, for whatever name the role has here.
pg_restore --exit-on-error --single-transaction --no-owner --no-privileges \
    --dbname="$address" "$from/portal.dump"
# Links in mails name rows by their number. What came after the backup is gone and its links are not: a number that was
# given to somebody must not be given to somebody else.
psql --quiet --no-psqlrc --output=/dev/null --set ON_ERROR_STOP=1 --dbname="$address" --command "
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, coalesce(last_value, 0) + 1000000)
    FROM pg_sequences WHERE schemaname = 'public'"
tar --extract --same-owner --file="$from/media.tar" --directory="$MEDIA_DIR"
