-- What nasty-schema.sql lacks: foreign keys towards one table, roles within roles, a key over partitions, row security for a role.
CREATE TABLE public.customer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE, "e mail" text);
INSERT INTO public.customer (name) SELECT 'customer ' || g FROM generate_series(1, 200) g;
CREATE INDEX customer_mail ON public.customer (lower("e mail")) WHERE "e mail" IS NOT NULL;
COMMENT ON COLUMN public.customer."e mail" IS 'may be; null';
CREATE TABLE public.invoice (
  id int PRIMARY KEY, customer bigint CONSTRAINT invoice_customer REFERENCES public.customer ON DELETE CASCADE, due date
);
CREATE TABLE public."Note" (customer bigint CONSTRAINT "Of; customer" REFERENCES public.customer DEFERRABLE INITIALLY DEFERRED, text text);
CREATE TABLE public.visit (customer bigint, at date, PRIMARY KEY (customer, at)) PARTITION BY RANGE (at);
CREATE TABLE public.visit_2026 PARTITION OF public.visit FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
ALTER TABLE public.visit ADD CONSTRAINT visit_customer FOREIGN KEY (customer) REFERENCES public.customer (id);
INSERT INTO public.invoice SELECT g, g, '2026-02-02' FROM generate_series(1, 100) g;
INSERT INTO public.visit SELECT g, '2026-03-03' FROM generate_series(1, 50) g;
CREATE VIEW public.customer_names AS SELECT id, name FROM public.customer;
ALTER TABLE public.customer ENABLE ROW LEVEL SECURITY;
CREATE POLICY readers ON public.customer FOR SELECT TO awkward_readers USING (id > 10);
GRANT SELECT ON public.customer TO awkward_readers;
GRANT INSERT ON public.invoice TO awkward_app WITH GRANT OPTION;
ALTER TABLE public."Note" OWNER TO "awkward owner";
CREATE INDEX ON ONLY public.visit (at);
BEGIN;
INSERT INTO public."Note" VALUES (1, 'first'), (NULL, 'of nobody');
COMMIT;
