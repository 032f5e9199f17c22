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
# Without the rights: "rechten" sets them anew, for whatever name the role has here.
pg_restore --exit-on-error --single-transaction --no-owner --no-privileges \
    --dbname="$(cat "$DATABASE_URL_FILE")" "$from/portal.dump"
tar --extract --same-owner --file="$from/media.tar" --directory="$MEDIA_DIR"
