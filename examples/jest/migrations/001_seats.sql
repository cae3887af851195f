CREATE TABLE seats (
  id integer PRIMARY KEY,
  holder text
);

INSERT INTO seats (id) SELECT generate_series(1, 100);
