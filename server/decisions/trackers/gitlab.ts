import { z } from 'zod';
import { json, post, settle } from '../../conversations/channels/asking.ts';
import { Forged } from '../../conversations/channels/channel.ts';
import { readJson } from '../../conversations/channels/reading.ts';
import { isSame } from '../../conversations/channels/verifying.ts';
import { baseUrl, signing, token } from './fields.ts';
import type { Tracker } from './tracker.ts';

const settings = z.object({
  url: baseUrl.default('https://gitlab.com'),
  /** Its path with its groups, or its number. */
  project: z
    .string()
    .trim()
    .max(300)
    .regex(/^[\w./-]+$/),
});
const secret = z.object({ token, signing });

const made = z.object({ iid: z.number().int(), web_url: z.url() });
const event = z.object({
  object_kind: z.string(),
  project: z.object({ id: z.number().int(), path_with_namespace: z.string() }).optional(),
  object_attributes: z.object({ iid: z.number().int(), action: z.string().optional() }).optional(),
});

/** GitLab's REST API v4: "New issue"; the project's issue events, with the secret token that one has given them. */
export const gitlab: Tracker<z.output<typeof settings>, z.output<typeof secret>> = {
  kind: 'gitlab',
  settings,
  secret,
  async create(access, { title, text }) {
    const { url, project } = access.settings;
    const where = `${url}/api/v4/projects/${encodeURIComponent(project)}/issues`;
    const posted = await post(
      access,
      where,
      json({ 'private-token': access.secret.token }, { title, description: text }),
    );
    let page: string | undefined;
    const sent = settle(
      posted,
      (said) => {
        const { data } = made.safeParse(said);
        page = data?.web_url;
        return data?.iid.toString();
      },
      () => undefined,
    );
    return { ...sent, ...(page ? { url: page } : {}) };
  },
  hear(request, setup) {
    if (!isSame(request.headers['x-gitlab-token'], setup.secret.signing)) throw new Forged();
    const { object_kind, object_attributes: issue, project } = readJson(request.body, event);
    if (object_kind !== 'issue' || !issue) return [];
    // A webhook of a group tells of all its projects; each counts its issues from 1.
    const named = project && [String(project.id), project.path_with_namespace.toLowerCase()];
    if (!named?.includes(setup.settings.project.toLowerCase())) return [];
    if (issue.action !== 'close' && issue.action !== 'reopen') return [];
    return [{ externalId: String(issue.iid), state: issue.action === 'close' ? 'closed' : 'open' }];
  },
};
