import { expiresAfter } from '../introductions/contract.ts';
import type { App } from '../kernel/app.ts';
import type { Actor } from '../kernel/database.ts';
import type { Translate } from '../kernel/messages.ts';
import { signLink } from '../kernel/tokens.ts';
import type { Letter } from '../outreach/members.ts';
import { pathOf } from './rules.ts';
import type { Told } from './sentences.ts';

/** A notice as a mail. Its subject names nobody: subjects are shown on locked screens. */
export function letterOf(app: App, t: Translate, actor: Actor, told: Told, sentence: string): Letter {
  const { publicUrl } = app.config;
  const asked = told.kind === 'request_received';
  return {
    subject: t(`notice.plain.${told.kind}`),
    paragraphs: [sentence],
    action: asked
      ? { label: t('notice.mail.answer'), url: `${publicUrl}/answer#token=${answerToken(app, actor, told.subject_id)}` }
      : { label: t('notice.mail.open'), url: publicUrl + pathOf(told.kind, told.subject_id) },
    footer: t('notice.mail.footer', { url: `${publicUrl}/settings/notices` }),
  };
}

/** As long as what is asked waits, answers may be given by the link (introductions), without signing in. */
function answerToken(app: App, actor: Actor, askId: string): string {
  return signLink(app.secrets, 'introduction', actor, askId, new Date(Date.now() + expiresAfter * 86_400_000));
}
