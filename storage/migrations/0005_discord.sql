-- The group whose home a Discord server is; `mark` is the server's, its id is sealed.
CREATE TABLE discord_servers (
    mark TEXT PRIMARY KEY, grp TEXT NOT NULL REFERENCES groups (ref) ON DELETE CASCADE,
    body BLOB NOT NULL
);
