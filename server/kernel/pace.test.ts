import { expect, test } from 'vitest';
import { letRequestsPass, whileAnswering } from './pace.ts';

test('work that nobody waits for goes on once the request beside it is answered', async () => {
  const order: string[] = [];
  const answered = Promise.withResolvers<void>();
  const request = whileAnswering(() => answered.promise).then(() => order.push('request'));
  const work = letRequestsPass().then(() => order.push('work'));
  setTimeout(answered.resolve, 30);
  await Promise.all([request, work]);
  expect(order).toEqual(['request', 'work']);
});

test('a request that fails is over too', async () => {
  await expect(whileAnswering(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await letRequestsPass();
});

test('it does not wait for ever', async () => {
  const answered = Promise.withResolvers<void>();
  const request = whileAnswering(() => answered.promise);
  await letRequestsPass();
  answered.resolve();
  await request;
});
