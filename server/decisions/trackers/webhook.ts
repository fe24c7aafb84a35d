import { z } from 'zod';
import { post, settle } from '../../conversations/channels/asking.ts';
import { readJson } from '../../conversations/channels/reading.ts';
import { checkHeaders, isSecret, signHeaders } from '../../conversations/channels/webhook/signing.ts';
import { baseUrl } from './fields.ts';
import type { Tracker } from './tracker.ts';

const settings = z.object({ url: baseUrl });
/** One for both directions (Standard Webhooks 1.0). */
const secret = z.object({ signing: z.string().trim().max(200).refine(isSecret) });

const made = z.object({ externalId: z.string().min(1).max(500), url: z.url().optional() });
const said = z.object({ externalId: z.string().min(1).max(500), state: z.enum(['open', 'closed']) });

/** Any program that takes what we sign, and signs what it says of it. */
export const webhook: Tracker<z.output<typeof settings>, z.output<typeof secret>> = {
  kind: 'webhook',
  settings,
  secret,
  async create(access, { issueId, title, text }) {
    const now = Date.now();
    const body = JSON.stringify({
      type: 'issue.create',
      timestamp: new Date(now).toISOString(),
      data: { issueId, title, text },
    });
    const headers = {
      ...signHeaders(access.secret.signing, issueId, now, body),
      'content-type': 'application/json',
    };
    // Receivers know the id again.
    const posted = await post(access, access.settings.url, { method: 'POST', headers, body }, true);
    let url: string | undefined;
    const sent = settle(
      posted,
      (answer) => {
        const { data } = made.safeParse(answer);
        url = data?.url;
        return data?.externalId ?? issueId;
      },
      () => undefined,
    );
    return { ...sent, ...(url ? { url } : {}) };
  },
  hear(request, setup) {
    checkHeaders(request, setup.secret.signing, setup.now);
    return [readJson(request.body, said)];
  },
};
