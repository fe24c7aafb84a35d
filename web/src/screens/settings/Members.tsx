import { ActionIcon, Menu, TextInput } from '@mantine/core';
import { IconCheck, IconDots, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { createResetLink, listMembers, updateMember } from '../../../../server/identity/contract.ts';
import { type Input, type Output, roles } from '../../../../server/kernel/contract.ts';
import { openDeparture } from '../../../../server/leaving/contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Face } from '../../ui/Face.tsx';
import { Lines } from '../../ui/Lines.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Page } from '../../ui/Page.tsx';
import { Section } from '../../ui/Section.tsx';
import { offerUndo, sayError } from '../../ui/undo.tsx';
import { Departures } from '../leaving/Departures.tsx';
import { Invitations } from './Invitations.tsx';
import { Secret } from './Secret.tsx';
import classes from './Settings.module.css';

type Member = Output<typeof listMembers>['items'][number];
interface ResetLink {
  name: string;
  url: string;
  expiresAt: string;
}

export function Members() {
  const { role } = useMe();
  const { data, error, refetch } = useQuery(reading(listMembers, {}));
  const [link, setLink] = useState<ResetLink | null>(null);
  const [sought, setSought] = useState('');
  const shown = data?.items.filter((member) => speaksOf(member, sought)) ?? [];
  return (
    <Page title={t('shell.members')} width="reading" lead={t('settings.members.lead')}>
      {role === 'admin' && <Invitations />}
      {(role === 'admin' || role === 'auditor') && <Departures />}
      {link && (
        <Secret title={t('settings.reset.title', { name: link.name })} value={link.url}>
          {t('settings.reset.text', { date: longDate(link.expiresAt) })}
        </Secret>
      )}
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading lines={4} />}
      {data && (
        <Section
          title={t(sought === '' ? 'settings.members.count' : 'settings.members.found', { count: shown.length })}
          actions={
            data.items.length > fewMembers && (
              <TextInput
                type="search"
                w={260}
                aria-label={t('settings.members.find')}
                placeholder={t('settings.members.findHint')}
                leftSection={<IconSearch size={18} aria-hidden />}
                value={sought}
                onChange={(event) => setSought(event.currentTarget.value)}
              />
            )
          }
        >
          <Lines>
            {shown.map((member) => (
              <li key={member.id} className={classes.line}>
                <Face id={member.id} name={member.name} size={36} />
                <div className={classes.main}>
                  <strong>{member.name}</strong>
                  <span className={classes.quiet}>
                    {[member.email, ...member.teams.map(({ name }) => name)].join(' · ')}
                  </span>
                </div>
                <span className={classes.quiet}>
                  {member.status === 'active' ? (
                    t(`settings.role.${member.role}`)
                  ) : (
                    <span className={classes.suspended}>{t(`settings.member.${member.status}`)}</span>
                  )}
                </span>
                {role === 'admin' && member.status !== 'left' && <MemberMenu member={member} onLink={setLink} />}
              </li>
            ))}
          </Lines>
        </Section>
      )}
    </Page>
  );
}

/** Below this one sees them all. */
const fewMembers = 8;

/** Whether each word begins a word of the member's name, address or teams; accents and capitals do not count. */
function speaksOf({ name, email, teams }: Member, sought: string): boolean {
  const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const said = ` ${plain([name, email, ...teams.map((team) => team.name)].join(' ')).replace(/[-.@'’]/g, ' ')}`;
  const words = plain(sought).split(/[\s.@'’-]+/);
  return words.every((word) => said.includes(` ${word}`));
}

function MemberMenu({ member, onLink }: { member: Member; onLink: (link: ResetLink) => void }) {
  const { name, role, status } = member;
  const router = useRouter();
  const active = status === 'active';
  const change = async (to: Omit<Input<typeof updateMember>, 'memberId'>, back: typeof to, message: string) => {
    const write = (difference: typeof to) =>
      call(updateMember, { memberId: member.id, ...difference }).then(() => refresh(listMembers));
    try {
      await write(to);
      offerUndo(message, () => write(back));
    } catch (error) {
      sayError(error);
    }
  };
  const leaves = async () => {
    try {
      const { id: departureId } = await call(openDeparture, { memberId: member.id });
      await router.navigate({ to: '/settings/members/leaving/$departureId', params: { departureId } });
    } catch (error) {
      sayError(error);
    }
  };
  const reset = async () => {
    try {
      onLink({ name, ...(await call(createResetLink, { memberId: member.id })) });
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <ActionIcon aria-label={t('settings.member.actions', { name })}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('settings.role')}</Menu.Label>
        {roles.map((to) => (
          <Menu.Item
            key={to}
            role="menuitemradio"
            aria-checked={to === role}
            leftSection={<IconCheck size={16} aria-hidden opacity={to === role ? 1 : 0} />}
            onClick={() =>
              void (
                to !== role &&
                change(
                  { role: to },
                  { role },
                  t('settings.member.roleChanged', { name, role: t(`settings.role.${to}`) }),
                )
              )
            }
          >
            {t(`settings.role.${to}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => void reset()}>{t('settings.member.reset')}</Menu.Item>
        <Menu.Divider />
        <Menu.Item
          onClick={() =>
            void change(
              { status: active ? 'suspended' : 'active' },
              { status: active ? 'active' : 'suspended' },
              t('settings.member.statusChanged', { name, status: active ? 'suspended' : 'active' }),
            )
          }
        >
          {t(active ? 'settings.member.suspend' : 'settings.member.restore')}
        </Menu.Item>
        <Menu.Item onClick={() => void leaves()}>{t('settings.member.leaves')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
