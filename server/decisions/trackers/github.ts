import { z } from 'zod';
import { json, post, settle } from '../../conversations/channels/asking.ts';
import { readJson } from '../../conversations/channels/reading.ts';
import { checkBodySignature } from '../../conversations/channels/verifying.ts';
import { baseUrl, signing, token } from './fields.ts';
import type { Tracker } from './tracker.ts';

const settings = z.object({
  /** Of the API: GitHub's own, or that of a server of one's own (`https://HOST/api/v3`). */
  url: baseUrl.default('https://api.github.com'),
  repository: z
    .string()
    .trim()
    .max(200)
    .regex(/^[\w.-]+\/[\w.-]+$/),
});
const secret = z.object({ token, signing });

const made = z.object({ number: z.number().int(), html_url: z.url() });
const event = z.object({
  action: z.string().optional(),
  issue: z.object({ number: z.number().int(), state: z.enum(['open', 'closed']) }).optional(),
  repository: z.object({ full_name: z.string() }).optional(),
});

/** GitHub's REST API of 2022-11-28: "Create an issue"; webhook event `issues`, signed in X-Hub-Signature-256. */
export const github: Tracker<z.output<typeof settings>, z.output<typeof secret>> = {
  kind: 'github',
  settings,
  secret,
  async create(access, { title, text }) {
    const { url, repository } = access.settings;
    const headers = {
      authorization: `Bearer ${access.secret.token}`,
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
    };
    const posted = await post(access, `${url}/repos/${repository}/issues`, json(headers, { title, body: text }));
    let where: string | undefined;
    const sent = settle(
      posted,
      (said) => {
        const { data } = made.safeParse(said);
        where = data?.html_url;
        return data?.number.toString();
      },
      () => undefined,
    );
    return { ...sent, ...(where ? { url: where } : {}) };
  },
  hear(request, setup) {
    checkBodySignature(request.headers['x-hub-signature-256'], setup.secret.signing, request.body);
    if (request.headers['x-github-event'] !== 'issues') return [];
    const { action, issue, repository } = readJson(request.body, event);
    // A webhook of the whole organisation tells of all its repositories; each counts its issues from 1.
    if (repository?.full_name.toLowerCase() !== setup.settings.repository.toLowerCase()) return [];
    if (!issue || (action !== 'closed' && action !== 'reopened')) return [];
    return [{ externalId: String(issue.number), state: issue.state }];
  },
};
