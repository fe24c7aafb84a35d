import { loadOctets, toVersion } from '../cards/octets.ts';
import { findResources } from '../cards/resources.ts';
import type { Actor, Tx } from '../kernel/database.ts';
import type { Device } from './queries.ts';
import { etagOf } from './rules.ts';

/** A card as a device gets it. */
export interface GivenCard {
  name: string;
  changeNo: number;
  etag: string;
  octets: string;
}

export type VcardVersion = '3.0' | '4.0';

/**
 * The cards of these names, as far as there are any: the octets that a device put where nobody has changed the card since, else made of
 * what it says now. In the member's transaction.
 * @param version what the device asked for; none: as the card was put
 */
export async function loadGiven(
  tx: Tx,
  device: Device,
  actor: Actor,
  bookNo: number,
  names: readonly string[],
  version?: VcardVersion,
): Promise<Map<string, GivenCard>> {
  const found = await findResources(tx, device.workspaceId, bookNo, names);
  const made = await loadOctets(
    tx,
    actor,
    device.country,
    found.flatMap(({ cardId, octets, uid }) => (octets === null && cardId !== null ? [{ cardId, uid }] : [])),
  );
  const given = new Map<string, GivenCard>();
  for (const { name, changeNo, cardId, octets } of found) {
    const own = octets ?? made.get(cardId!);
    if (own !== undefined)
      given.set(name, await inVersion(device, { name, changeNo, octets: own, etag: etagOf(changeNo) }, version));
  }
  return given;
}

/** The same card in the version that is asked for. */
export async function inVersion(device: Device, card: GivenCard, version?: VcardVersion): Promise<GivenCard> {
  const octets = version ? await toVersion(card.octets, version, device.country) : card.octets;
  return octets === card.octets ? card : { ...card, octets, etag: etagOf(card.changeNo, version) };
}
