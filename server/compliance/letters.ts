import type { AppInside } from '../kernel/app.ts';
import type { Tx } from '../kernel/database.ts';
import { type Locale, translator } from '../kernel/messages.ts';
import { mailAsked } from '../outreach/asked.ts';
import { findWorkspaceName } from '../outreach/queries.ts';
import type { Request } from './queries.ts';

type LetterKind = 'receipt' | 'extended' | 'answer' | 'erased' | 'objected' | 'done' | 'refused';

interface Said {
  reason?: string;
  dueOn?: string;
  url?: string;
}

const longDate = (date: string, locale: Locale): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));

/**
 * Writes to the person at the address of their request, whatever they object to: the law wants them told (RGPD art. 12). As the keeper.
 * @returns false where no mail may or can go there
 */
export async function writeToPerson(
  app: AppInside,
  tx: Tx,
  workspaceId: string,
  request: Pick<Request, 'kind' | 'address' | 'contact_point_id' | 'locale' | 'received_on' | 'due_on'>,
  kind: LetterKind,
  { reason = '', dueOn = request.due_on, url }: Said = {},
): Promise<boolean> {
  if (!request.address) return false;
  const locale = request.locale as Locale;
  const t = translator(locale);
  const workspace = await findWorkspaceName(tx, workspaceId);
  const words = {
    workspace,
    kind: request.kind,
    received: longDate(request.received_on, locale),
    due: longDate(dueOn, locale),
    reason,
  };
  const paragraphs = t(`privacy.mail.${kind}.text`, words).split('\n\n');
  return mailAsked(app, tx, workspaceId, {
    contactPointId: request.contact_point_id,
    address: app.secrets.decrypt(request.address),
    kind: 'privacy',
    locale,
    letter: {
      subject: t(`privacy.mail.${kind}.subject`, words),
      paragraphs,
      ...(url && { action: { label: t('privacy.mail.answer.open'), url } }),
      footer: t('privacy.mail.footer', words),
    },
  });
}
