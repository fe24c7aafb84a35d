import { expect, test } from 'vitest';
import { channelKinds } from './kinds.ts';

test('each kind of channel stands under its name, and hears or asks', () => {
  expect([...channelKinds.keys()]).toEqual([
    'whatsapp',
    'messenger',
    'instagram',
    'telegram',
    'sms_twilio',
    'sms_ovh',
    'mastodon',
    'bluesky',
    'discourse',
    'feed',
    'webhook',
  ]);
  for (const channel of channelKinds.values()) {
    expect(channel.hear ?? channel.pull, channel.kind).toBeDefined();
    expect(channel.every === undefined, channel.kind).toBe(channel.pull === undefined);
    expect(channel.check, channel.kind).toBeDefined();
    // What may come as an address or an id can be fetched; what has no window needs no agreed texts but where it is ours.
    if (channel.capabilities.files) expect(channel.fetchFile, channel.kind).toBeDefined();
    if (channel.capabilities.windowHours === null)
      expect(channel.capabilities.templates, channel.kind).toBe(channel.kind === 'webhook');
  }
});

test('nothing is connected without what opens it', () => {
  for (const { kind, secret } of channelKinds.values())
    expect(secret.safeParse({}).success, kind).toBe(kind === 'feed');
});
