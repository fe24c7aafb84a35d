import type { App } from '../kernel/app.ts';
import type { Translate } from '../kernel/messages.ts';
import type { Letter } from '../outreach/members.ts';
import { pathOf } from './rules.ts';
import type { Told } from './sentences.ts';

/** A notice as a mail. Its subject names nobody: subjects are shown on locked screens. */
export function letterOf(app: App, t: Translate, told: Told, sentence: string): Letter {
  const { publicUrl } = app.config;
  return {
    subject: t(`notice.plain.${told.kind}`),
    paragraphs: [sentence],
    action: { label: t('notice.mail.open'), url: publicUrl + pathOf(told.kind, told.subject_id) },
    footer: t('notice.mail.footer', { url: `${publicUrl}/settings/notices` }),
  };
}
