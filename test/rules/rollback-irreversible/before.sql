CREATE TYPE payment_method AS ENUM ('card', 'invoice');

CREATE TABLE payment_methods (
  name       text        NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT payment_methods_pkey PRIMARY KEY (name)
);
