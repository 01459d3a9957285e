-- Since when somebody has been asked into an agreement, or waits for the yes of those who are in it:
-- after two weeks they do no more. Nobody wrote that down so far, so it counts from its beginning.
ALTER TABLE parts ADD COLUMN waits BIGINT;
UPDATE parts SET waits = (SELECT since FROM agreements WHERE ref = agreement) WHERE agreed = 0;
CREATE INDEX parts_waiting ON parts (waits) WHERE waits IS NOT NULL;
