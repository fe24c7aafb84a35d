import { expect, test } from 'vitest';
import { channelKinds } from '../contract.ts';
import { channels } from './kinds.ts';

/** What stands at our own address: nobody calls us, and nobody is asked. */
const ours = new Set(['chat', 'form', 'note', 'calls', 'reviews', 'imported']);

test('each kind of channel stands once, hears or asks, and can be tried', () => {
  const kinds = channels.map(({ kind }) => kind);
  expect(new Set(kinds).size).toBe(kinds.length);
  expect(channelKinds).toEqual(expect.arrayContaining(kinds));
  for (const channel of channels.filter(({ kind }) => !ours.has(kind))) {
    const { kind, capabilities } = channel;
    expect(channel.hear ?? channel.pull, kind).toBeDefined();
    expect(channel.every === undefined, kind).toBe(channel.pull === undefined);
    expect(channel.check, kind).toBeDefined();
    if (capabilities.files) expect(channel.fetchFile, kind).toBeDefined();
    // Agreed texts are for platforms that have a window, and for our own webhook, behind which one may stand.
    expect(capabilities.templates, kind).toBe(kind === 'whatsapp' || kind === 'webhook');
  }
});

test('nothing is connected without what opens it', () => {
  for (const { kind, secret } of channels)
    expect(secret.safeParse({}).success, kind).toBe(kind === 'feed' || ours.has(kind));
});
