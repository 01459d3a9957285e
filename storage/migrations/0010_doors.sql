-- Where a group is spoken to is the first of its doors; another one changes nothing about that.
ALTER TABLE doors ADD COLUMN nth BIGINT NOT NULL DEFAULT 0;
