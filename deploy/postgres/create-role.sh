#!/bin/sh
# Run once by the PostgreSQL image of compose.yaml, when its folder is empty: a plain owner that may create roles, and its database.
set -eu
: "${ENTREGENT_DB_PASSWORD:?is missing in .env}"
psql --username "$POSTGRES_USER" --dbname postgres -v ON_ERROR_STOP=1 -v password="$ENTREGENT_DB_PASSWORD" <<'SQL'
create role entregent login createrole password :'password';
create database entregent owner entregent;
SQL
