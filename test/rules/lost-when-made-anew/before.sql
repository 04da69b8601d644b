CREATE ROLE shop_reader;
CREATE TABLE orders (
  order_id   bigint      GENERATED ALWAYS AS IDENTITY,
  status     text        NOT NULL,
  note       text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT orders_pkey PRIMARY KEY (order_id),
  CONSTRAINT orders_status_check CHECK (status IN ('open', 'paid'))
);
GRANT SELECT, INSERT ON orders TO shop_reader;
CREATE VIEW open_orders AS SELECT order_id, note FROM orders WHERE status = 'open';
GRANT SELECT ON open_orders TO shop_reader;
