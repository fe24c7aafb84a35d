create function kernel.planted() returns text language sql as $$ select set_config('app.books', '', true) $$;
