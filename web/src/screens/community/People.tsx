import { Button, Group, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { banPerson, type Community } from '../../../../server/community/contract.ts';
import { call } from '../../api.ts';
import { ago, longInstant } from '../../format.ts';
import { t, told } from '../../i18n.ts';
import { Section } from '../../ui/Section.tsx';
import { sayError } from '../../ui/undo.tsx';
import { Author } from './Author.tsx';
import classes from './Community.module.css';
import { actsQuery, peopleQuery, refreshCommunity } from './queries.ts';

/** Who belongs to it, and who came through whom. */
export function People({ community }: { community: Community }) {
  const items = useQuery(peopleQuery(community.id)).data?.items ?? [];
  const [banning, ban] = useState<string>();
  const [reason, write] = useState('');
  const decide = async (personId: string, banned: boolean, why: string) => {
    try {
      await call(banPerson, { communityId: community.id, personId, banned, reason: why });
      ban(undefined);
      write('');
      await refreshCommunity();
    } catch (error) {
      sayError(error);
    }
  };
  if (items.length === 0) return null;
  return (
    <Section title={t('community.people')}>
      <ul className={classes.posts}>
        {items.map((one) => (
          <li key={one.id}>
            <Author author={one} />
            <p className={classes.quiet}>
              {[
                t('community.joined', { when: ago(one.joinedAt) }),
                ...(one.cameThrough ? [t('community.cameThrough', { name: one.cameThrough })] : []),
                ...(one.brought > 0 ? [t('community.brought', { count: one.brought })] : []),
              ].join(' · ')}
            </p>
            {community.mine && !one.staff && banning !== one.id && (
              <Button
                size="compact-sm"
                variant="subtle"
                onClick={() => (one.banned ? void decide(one.id, false, t('community.unban')) : ban(one.id))}
              >
                {t(one.banned ? 'community.unban' : 'community.ban', { name: one.name })}
              </Button>
            )}
            {banning === one.id && (
              <Group align="flex-end" gap="xs">
                <TextInput
                  label={t('community.ban.reason')}
                  maxLength={500}
                  value={reason}
                  onChange={({ currentTarget }) => write(currentTarget.value)}
                />
                <Button disabled={reason.trim() === ''} onClick={() => void decide(one.id, true, reason)}>
                  {t('community.ban', { name: one.name })}
                </Button>
              </Group>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What moderators did, and why. */
export function Acts({ community }: { community: Community }) {
  const items = useQuery(actsQuery(community.id)).data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Section title={t('community.acts')}>
      <ul className={classes.posts}>
        {items.map(({ id, member, kind, subject, reason, at }) => (
          <li key={id}>
            {t('community.act', { member, did: told(`community.act.${kind}`) ?? kind })}{' '}
            {subject && <bdi>{subject}</bdi>}
            {reason !== '' && <p dir="auto">{reason}</p>}
            <p className={classes.quiet}>{longInstant(at)}</p>
          </li>
        ))}
      </ul>
    </Section>
  );
}
