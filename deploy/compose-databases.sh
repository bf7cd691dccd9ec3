#!/bin/sh
# A database and a role of its own for every room.
set -eu
for room in identity catalog orders quotes billing erp_bridge gateway; do
  psql -v ON_ERROR_STOP=1 -U postgres <<SQL
CREATE ROLE hoftor_$room LOGIN PASSWORD '$POSTGRES_PASSWORD';
CREATE DATABASE hoftor_$room OWNER hoftor_$room;
REVOKE CONNECT ON DATABASE hoftor_$room FROM PUBLIC;
SQL
done
