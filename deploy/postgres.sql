-- One role and one database per service; nobody else may connect to it. Runs once, when the cluster is made.
-- The passwords are those that deploy/make_secrets.py has written into this container's volume.
\set ON_ERROR_STOP on
\set registry `cat /run/osiedle/registry`
\set calendar `cat /run/osiedle/calendar`
\set map `cat /run/osiedle/map`
\set notifications `cat /run/osiedle/notifications`

CREATE ROLE registry LOGIN PASSWORD :'registry';
CREATE ROLE calendar LOGIN PASSWORD :'calendar';
CREATE ROLE map LOGIN PASSWORD :'map';
CREATE ROLE notifications LOGIN PASSWORD :'notifications';

CREATE DATABASE registry OWNER registry;
CREATE DATABASE calendar OWNER calendar;
CREATE DATABASE map OWNER map;
CREATE DATABASE notifications OWNER notifications;

REVOKE ALL ON DATABASE registry, calendar, map, notifications, postgres, template1 FROM PUBLIC;
