import type { Post } from '../../../../server/community/contract.ts';
import { longInstant } from '../../format.ts';
import { t } from '../../i18n.ts';
import { TextLink } from '../../ui/links.tsx';
import classes from './Community.module.css';

/** Whose it is: the name that others see, and whose contact that is. */
export function Author({ author, at }: { author: Post['author']; at?: string }) {
  const { name, staff, banned, person } = author;
  return (
    <p className={classes.quiet}>
      <bdi>{name}</bdi>
      {staff && ` · ${t('community.staff')}`}
      {banned && ` · ${t('community.banned')}`}
      {person && (
        <>
          {' · '}
          <TextLink to="/people/$personId" params={{ personId: person.id }}>
            {person.name || t('contacts.nameless')}
          </TextLink>
        </>
      )}
      {at && ` · ${longInstant(at)}`}
    </p>
  );
}
