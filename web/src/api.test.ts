import { describe, expect, test } from 'vitest';
import { problemIn, query } from './api.ts';

describe('the query of a call', () => {
  test('leaves out what is not there', () => {
    expect(query({ q: 'Éloïse & co', after: undefined, kind: null, city: '' })).toBe('?q=%C3%89lo%C3%AFse+%26+co');
    expect(query({})).toBe('');
  });
});

describe('a refused call', () => {
  test('is known by the code of its problem+json', () => {
    expect(problemIn('{"code":"last_admin","status":409}', 409).code).toBe('last_admin');
  });

  test('is known by its status when a proxy answers with a page of its own', () => {
    expect(problemIn('<html>Bad gateway</html>', 502).code).toBe('unavailable');
    expect(problemIn('<html>Too large</html>', 413).code).toBe('too_large');
    expect(problemIn('', 500).code).toBe('internal');
  });
});
