import type { Tone } from '../../../../server/voices/contract.ts';
import { spoken, t } from '../../i18n.ts';

/** A topic in the language spoken; what fits none has a name of its own. */
export const topicName = ({ name }: { name: { fr: string; en: string } | null }): string =>
  name ? name[spoken()] : t('voices.noTopic');

export const toneName = (tone: Tone): string => t(`voices.tone.${tone}`);

/** "2 Nov", the Monday of a week. */
export const weekName = (monday: string): string =>
  new Intl.DateTimeFormat(spoken(), { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    new Date(`${monday}T00:00:00Z`),
  );
