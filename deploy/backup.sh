#!/bin/sh
# Keeps the database and the photos in a folder of BACKUP_DIR named after the moment; run as the owner of the tables.
#
# The database comes first. A photo lies on the disk before its row is written, so each row of the dump finds its file
# in what is copied after it, and later photos are files without a row, which the task of the night removes.
set -eu

name=$(date -u +%Y%m%dT%H%M%SZ)
part=$BACKUP_DIR/$name.part
umask 077
mkdir "$part"
# Half a backup is none, and would keep a disk full that is full.
trap 'rm -rf "$part"' EXIT
# By the environment: everybody on the machine can read the arguments of a process.
PGPASSWORD=$(sed -E 's|^[a-z]+://[^:]+:([^@]+)@.*$|\1|' "$DATABASE_URL_FILE")
export PGPASSWORD
address=$(sed -E 's|^([a-z]+://[^:]+):[^@]+@|\1@|' "$DATABASE_URL_FILE")
pg_dump --format=custom --file="$part/portal.dump" "$address"
tar --create --file="$part/media.tar" --directory="$MEDIA_DIR" .
(cd "$part" && sha256sum portal.dump media.tar >SHA256SUMS)
# A folder without ".part" is whole.
mv "$part" "$BACKUP_DIR/$name"
echo "$name"
