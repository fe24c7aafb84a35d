import { getContent, listContents, listImages, listParts, listVersions } from '../../../../server/content/contract.ts';
import { getHouseStyle } from '../../../../server/content/style-contract.ts';
import { getPublication, listForms } from '../../../../server/pages/contract.ts';
import { reading, refresh } from '../../queries.ts';

export const contentsQuery = reading(listContents, {});
export const contentQuery = (contentId: string) => reading(getContent, { contentId });
export const versionsQuery = (contentId: string) => reading(listVersions, { contentId });
export const partsQuery = reading(listParts, {});
export const imagesQuery = reading(listImages, {});
export const houseStyleQuery = reading(getHouseStyle, {});
export const refreshContents = () => refresh(listContents, listVersions);
export const refreshParts = () => refresh(listParts);
export const refreshImages = () => refresh(listImages);
export const publicationQuery = (contentId: string) => reading(getPublication, { contentId });
export const pageFormsQuery = reading(listForms, {});
export const refreshPublication = () => refresh(getPublication);
