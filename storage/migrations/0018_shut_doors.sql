-- A door can be shut for now, as when the bot was sent away there; it is the group's all the same.
ALTER TABLE doors ADD COLUMN shut BIGINT NOT NULL DEFAULT 0;
