import { sql } from 'kysely';

export const planted = sql`select set_config('app.books', '', true)`;
