import { t } from '../../i18n.ts';

/** A colleague by name; an app with who authorised it. */
export const nameOf = ({ name, authorisedBy }: { name: string; authorisedBy: string | null }): string =>
  authorisedBy ? t('audit.app', { name, by: authorisedBy }) : name;
