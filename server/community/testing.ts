import type { AddressInfo } from 'node:net';
import type { Member, TestApp } from '../kernel/testing.ts';
import type { MailSink } from '../outreach/testing.ts';
import * as contracts from './contract.ts';

let named = 0;
/** A community that everybody here moderates, open to all, where everything is shown at once. */
export const openCommunity = (
  admin: Member,
  said: Partial<Parameters<typeof contracts.addCommunity.input.parse>[0] & object> = {},
) =>
  admin.call(contracts.addCommunity, {
    ...{ slug: `users-${++named}`, name: 'Users', intro: { fr: '', en: '' } },
    ...{ invitedOnly: false, firstReviewed: false, moderatorTeamId: null },
    ...said,
  });

let addresses = 0;

/** Somebody with a browser without scripts, who keeps the cookie of a community. */
export function openVisitor(app: TestApp, slug: string, cookie = '') {
  const { port } = app.server.server.address() as AddressInfo;
  const address = `203.0.113.${(++addresses % 250) + 1}`;
  async function go(path: string, form?: Record<string, string>, more: Record<string, string> = {}) {
    const answer = await fetch(`http://127.0.0.1:${port}/c/${slug}${path}`, {
      redirect: 'manual',
      headers: { 'x-forwarded-for': address, 'accept-language': 'en', ...(cookie && { cookie }), ...more },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    const set = answer.headers.get('set-cookie');
    if (set) cookie = set.split(';')[0]!;
    return {
      status: answer.status,
      text: await answer.text(),
      location: answer.headers.get('location') ?? '',
      headers: answer.headers,
    };
  }
  /** Sends a form of a page, with the word that tells it from those of other sites. */
  async function send(from: string, path: string, form: Record<string, string> = {}) {
    const guard = /name="guard" value="([^"]+)"/.exec((await go(from)).text)?.[1] ?? '';
    return go(path, { guard, ...form });
  }
  return { go, send, cookie: () => cookie };
}
export type Visitor = ReturnType<typeof openVisitor>;

/** The token of the last link that came to an address. */
export async function tokenFor(app: TestApp, sink: MailSink, email: string): Promise<string> {
  await app.settle();
  const mail = sink.mails.findLast(({ to }) => to.includes(email))!;
  return /\/enter\/([\w-]{64})/.exec(mail.mail.text!)![1]!;
}

/** Joins a community by a link in a mail. */
export async function joinAs(
  app: TestApp,
  sink: MailSink,
  slug: string,
  email: string,
  name: string,
  code = '',
): Promise<Visitor> {
  const visitor = openVisitor(app, slug);
  await visitor.go('/join', { email, code });
  await visitor.go(`/enter/${await tokenFor(app, sink, email)}`, { name });
  return visitor;
}
