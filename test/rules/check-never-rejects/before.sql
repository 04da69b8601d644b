CREATE TABLE orders (
  order_id   bigint      GENERATED ALWAYS AS IDENTITY,
  status     text        NOT NULL,
  note       varchar(20),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT orders_pkey PRIMARY KEY (order_id),
  CONSTRAINT orders_status_check CHECK (status IN ('open', 'paid'))
);
