export const breach = (client: { query(text: string): unknown }) => client.query('select 1');
