/** Words that invented people, companies and places are made of. Nothing here names anybody. */

const words = (text: string): string[] => text.trim().split(/\s+/);

export const givenNames = {
  FR: {
    female:
      words(`Marie Nathalie Isabelle Sylvie Catherine Sophie Céline Valérie Sandrine Stéphanie Émilie Aurélie Julie
      Laure Hélène Chloé Inès Zoé Léa Manon Camille Anaïs Mélanie Audrey Florence Brigitte Véronique Anne-Sophie
      Marie-Hélène Françoise Agnès Bénédicte Clémence Élodie Fanny Gaëlle Léonie Noémie Ophélie Solène`),
    male: words(`Jean Philippe Michel Nicolas Christophe Pierre Laurent Frédéric Stéphane Thomas Julien David Sébastien
      François Éric Olivier Guillaume Antoine Maxime Alexandre Jérôme Benoît Mathieu Romain Vincent Jean-Pierre
      Jean-François Loïc Gaël Hervé Rémi Cédric Théo Hugo Lucas Raphaël Grégoire Étienne Fabien Yann`),
  },
  DE: {
    female: words(`Sabine Petra Monika Claudia Anke Birgit Katrin Julia Lena Hannah Ulrike Heike Stefanie Käthe`),
    male: words(
      `Thomas Michael Andreas Stefan Jürgen Wolfgang Jörg Matthias Uwe Klaus Günther Lukas Florian Björn Sören`,
    ),
  },
  GB: {
    female: words(`Sarah Emma Laura Rebecca Helen Charlotte Victoria Fiona Alison Megan Siobhan Gemma Rachel Harriet`),
    male: words(
      `James David Andrew Robert William Daniel Stephen Christopher Matthew Oliver Graham Callum Gareth Simon`,
    ),
  },
} as const;

/** Shortenings people use on their phones. */
export const nicknames: Record<string, string> = {
  Stéphanie: 'Steph',
  Alexandre: 'Alex',
  Christophe: 'Chris',
  Frédéric: 'Fred',
  Sébastien: 'Seb',
  Guillaume: 'Guigui',
  Nathalie: 'Nath',
  'Jean-François': 'Jeff',
  'Jean-Pierre': 'JP',
  Mathieu: 'Mat',
  Thomas: 'Tom',
  Christopher: 'Chris',
  Robert: 'Bob',
  William: 'Bill',
  Rebecca: 'Becky',
  Isabelle: 'Isa',
  Véronique: 'Véro',
  Émilie: 'Milie',
};

/** Frequent family names, the most frequent first. */
export const familyNames = {
  FR: words(`Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefèvre Leroy Roux David
    Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Müller Lefebvre Faure André Mercier
    Blanc Guérin Boyer Garnier Chevalier François Legrand Gauthier Garcia Perrin Robin Clément Morin Nicolas Henry
    Roussel Mathieu Gautier Masson Marchand Duval Denis Dumont Marie Lemaire Noël Meyer Dufour Meunier Brun Blanchard
    Giraud Joly Rivière Lucas Brunet Gaillard Barbier Arnaud Martínez Gérard Roche Renard Schmitt Roy Leroux Colin Vidal
    Caron Picard Roger Fabre Aubert Lemoine Renaud Dumas Lacroix Olivier Philippe Bourgeois Pierre Benoît Rey Leclerc`),
  DE: words(`Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Richter Wolf Schröder Neumann
    Schwarz Zimmermann Braun Krüger Hofmann Lange Krause Köhler Maier Jäger`),
  GB: words(`Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson Evans Walker White
    Roberts Green Hall Wood Jackson Clarke O'Connor MacLeod Hughes`),
} as const;

/** Beginnings and ends of rare family names. */
export const rareNames = {
  FR: {
    begin:
      words(`Bar Beau Ber Bou Bran Cail Cham Char Cour Da Dau Fa Fer Ga Ger Gran Lan Lau Mar Mau Mon Per Plan Ra Rou Sa
      Sau Tal Tar Ter Val Vau Ver Vi`),
    middle: words(`ba be chan de di do fe la le li ma mo na no pe ra ri san ta ti val vi`),
    end: words(`bert ceau dier douin geon gnol lard lier mond nard nault net not quet rac rand reau rier ron sac seau tier tin
      ton ville zac`),
  },
  DE: {
    begin: words(`Al Berg Brand Eich Eisen Falk Gold Hart Kron Lind Reich Rosen Schön Stein Wald Win`),
    middle: words(`a bel den ger len ter wen`),
    end: words(`bach bauer berg feld hofer huber kamp mann meier stein thal wald`),
  },
  GB: {
    begin: words(`Ash Black Brad Cal Dun Fair Hal Hart Kings Lang Mar Nor Old Pem Red Stan Thorn Whit Win`),
    middle: words(`a den ing ler mer ton`),
    end: words(`bourne brook bury combe field ford ham ley more stone wood worth`),
  },
} as const;

export const particles = ['de', 'de la', 'du', "d'", 'Le'] as const;

export type Country = keyof typeof familyNames;

export interface Town {
  city: string;
  postcode: string;
  /** Which of the landline ranges reserved for fiction belongs there. */
  area: string;
}

export const towns: Record<Country, readonly Town[]> = {
  FR: [
    { city: 'Lyon', postcode: '69003', area: '04 65 71' },
    { city: 'Villeurbanne', postcode: '69100', area: '04 65 71' },
    { city: 'Vénissieux', postcode: '69200', area: '04 65 71' },
    { city: 'Saint-Étienne', postcode: '42000', area: '04 65 71' },
    { city: 'Grenoble', postcode: '38000', area: '04 65 71' },
    { city: 'Annecy', postcode: '74000', area: '04 65 71' },
    { city: 'Bourg-en-Bresse', postcode: '01000', area: '04 65 71' },
    { city: 'Marseille', postcode: '13008', area: '04 65 71' },
    { city: 'Paris', postcode: '75011', area: '01 99 00' },
    { city: 'Nanterre', postcode: '92000', area: '01 99 00' },
    { city: 'Nantes', postcode: '44000', area: '02 61 91' },
    { city: 'Rennes', postcode: '35000', area: '02 61 91' },
    { city: 'Le Havre', postcode: '76600', area: '02 61 91' },
    { city: 'Lille', postcode: '59000', area: '03 53 01' },
    { city: 'Strasbourg', postcode: '67000', area: '03 53 01' },
    { city: 'Metz', postcode: '57000', area: '03 53 01' },
    { city: 'Toulouse', postcode: '31000', area: '05 36 49' },
    { city: 'Bordeaux', postcode: '33000', area: '05 36 49' },
  ],
  DE: [
    { city: 'Berlin', postcode: '10115', area: '030 23125' },
    { city: 'Stuttgart', postcode: '70173', area: '030 23125' },
    { city: 'Köln', postcode: '50667', area: '030 23125' },
    { city: 'München', postcode: '80331', area: '030 23125' },
  ],
  GB: [
    { city: 'London', postcode: 'EC1A 1BB', area: '020 7946' },
    { city: 'Birmingham', postcode: 'B1 1AA', area: '020 7946' },
    { city: 'Sheffield', postcode: 'S1 1WB', area: '020 7946' },
  ],
};

export const streets: Record<Country, readonly string[]> = {
  FR: [
    'rue de l’Industrie',
    'avenue des Frères-Lumière',
    'chemin du Canal',
    'rue Pasteur',
    'boulevard de la République',
    'place du Marché',
    'allée des Tilleuls',
    'zone artisanale des Prés',
    'rue du Stade',
    'impasse des Forges',
  ],
  DE: ['Industriestraße', 'Bahnhofstraße', 'Am Hafen', 'Gartenweg', 'Lindenallee'],
  GB: ['High Street', 'Station Road', 'Mill Lane', 'Victoria Street', 'Foundry Way'],
};

export const companyBegin = words(
  'Alt Arv Bral Cor Del Dor Elv Fer Gal Hel Isar Kel Lor Lum Mav Nér Orv Pal Quer Ral Sarv Sol Tav Tel Ulm Val Vern Xan Yv Zel',
);
export const companyMiddle = words('a e i o al an ar el en er ic in iv or ur');
export const companyEnd = words(
  'ance andre ane ax dis éo ier ine inox ion is ise ma méca nord ora pro sys tec ter tis tra vert via',
);

export const sectors: Record<Country, readonly string[]> = {
  FR: [
    'Fonderies',
    'Chaudronnerie',
    'Mécanique',
    'Plasturgie',
    'Transports',
    'Laboratoires',
    'Emballages',
    'Papeteries',
    'Énergies',
    'Laiteries',
    'Menuiseries',
    'Câblages',
    '',
    '',
  ],
  DE: ['Anlagenbau', 'Werkzeugbau', 'Maschinenbau', 'Logistik', 'Papierfabrik', 'Kunststofftechnik'],
  GB: ['Engineering', 'Fabrications', 'Logistics', 'Packaging', 'Controls', 'Foods'],
};

export const legalForms: Record<Country, readonly string[]> = {
  FR: ['SAS', 'SARL', 'SA', ''],
  DE: ['GmbH', 'AG', 'GmbH & Co. KG'],
  GB: ['Ltd', 'plc', 'Limited'],
};

export const titles: Record<Country, readonly string[]> = {
  FR: [
    'Directeur industriel',
    'Responsable maintenance',
    'Acheteur',
    'Directeur des achats',
    'Responsable QHSE',
    'Chef de projet',
    'Ingénieur méthodes',
    'DAF',
    'Directeur général',
    'Responsable logistique',
    'Technicien de maintenance',
    'Assistant de direction',
    'Responsable travaux neufs',
    'Chef d’atelier',
    'DRH',
    'Directeur de site',
  ],
  DE: ['Einkaufsleiter', 'Werksleiter', 'Instandhaltungsleiter', 'Geschäftsführer', 'Projektingenieur', 'Assistenz'],
  GB: ['Plant Manager', 'Head of Procurement', 'Maintenance Engineer', 'Managing Director', 'Buyer', 'Project Manager'],
};

export const notes: readonly string[] = [
  'Rencontré au salon, intéressé par un contrat de maintenance.',
  'Préfère être appelé le matin.',
  'Ne pas appeler le mercredi',
  'Budget arrêté en octobre.',
  'A changé de poste en 2024',
  'Joueur de rugby, père de deux enfants',
  'Demande un devis pour l’arrêt technique d’août.',
  'Décideur avec la DAF.',
  'Speaks French well.',
  'Très content de l’intervention de mars.',
  'Code portail 4 chiffres : à redemander',
];
