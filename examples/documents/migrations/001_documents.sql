CREATE TABLE documents (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  doc jsonb NOT NULL,
  search tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('english', coalesce(doc ->> 'title', '')), 'A') || setweight(to_tsvector('english', coalesce(doc ->> 'body', '')), 'B')
  ) STORED
);

CREATE INDEX documents_search_idx ON documents USING gin (search);
CREATE INDEX documents_title_idx ON documents USING gin ((doc ->> 'title') gin_trgm_ops);
CREATE INDEX documents_doc_idx ON documents USING gin (doc jsonb_path_ops);
