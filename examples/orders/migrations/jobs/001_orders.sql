CREATE TABLE products (id int PRIMARY KEY, stock int NOT NULL CHECK (stock >= 0));
CREATE TABLE orders (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_key text NOT NULL UNIQUE,
  customer text NOT NULL,
  product_id int NOT NULL REFERENCES products,
  quantity int NOT NULL
);
CREATE INDEX ON orders (product_id);
CREATE TABLE mails (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id int NOT NULL REFERENCES orders, address text NOT NULL);
CREATE INDEX ON mails (order_id);
CREATE TABLE invoices (number int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id int NOT NULL REFERENCES orders);
CREATE INDEX ON invoices (order_id);
