import { z } from 'zod';
import { json, post, settle } from '../../conversations/channels/asking.ts';
import { readJson } from '../../conversations/channels/reading.ts';
import { checkBodySignature } from '../../conversations/channels/verifying.ts';
import { baseUrl, signing, token } from './fields.ts';
import type { Tracker } from './tracker.ts';

const settings = z.object({
  /** Of the site: `https://COMPANY.atlassian.net`. */
  url: baseUrl,
  /** The key of the project. */
  project: z
    .string()
    .trim()
    .max(50)
    .regex(/^[A-Z][A-Z0-9_]+$/),
  issueType: z.string().trim().min(1).max(100).default('Task'),
  /** Of the account whose token it is. */
  email: z.email(),
});
const secret = z.object({ token, signing });

const made = z.object({ key: z.string().max(100) });
const event = z.object({
  webhookEvent: z.string(),
  issue: z
    .object({
      key: z.string().max(100),
      fields: z.object({ status: z.object({ statusCategory: z.object({ key: z.string() }) }) }),
    })
    .optional(),
});

/** Jira's REST API v2: "Create issue"; the webhook `jira:issue_updated`, signed in X-Hub-Signature. */
export const jira: Tracker<z.output<typeof settings>, z.output<typeof secret>> = {
  kind: 'jira',
  settings,
  secret,
  async create(access, { title, text }) {
    const { url, project, issueType, email } = access.settings;
    const basic = Buffer.from(`${email}:${access.secret.token}`).toString('base64');
    const fields = { project: { key: project }, issuetype: { name: issueType }, summary: title, description: text };
    const posted = await post(access, `${url}/rest/api/2/issue`, json({ authorization: `Basic ${basic}` }, { fields }));
    const sent = settle(
      posted,
      (said) => made.safeParse(said).data?.key,
      () => undefined,
    );
    return sent.kind === 'sent' ? { ...sent, url: `${url}/browse/${sent.externalId}` } : sent;
  },
  hear(request, setup) {
    checkBodySignature(request.headers['x-hub-signature'], setup.secret.signing, request.body);
    const { webhookEvent, issue } = readJson(request.body, event);
    if (webhookEvent !== 'jira:issue_updated' || !issue) return [];
    return [{ externalId: issue.key, state: issue.fields.status.statusCategory.key === 'done' ? 'closed' : 'open' }];
  },
};
