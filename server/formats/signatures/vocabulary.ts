/** The words by which lines of signatures are told apart, in French, English, German and Spanish. */

const words = (list: string): string => list.trim().split(/\s+/).join('|');

/** A whole line that takes leave. */
export const CLOSING = new RegExp(
  `^[\\s*_]*(?:${[
    // French
    '(?:bien |tr[èe]s |sportivement |toujours )?(?:cordialement|sinc[èe]rement|amicalement|respectueusement|fraternellement|chaleureusement|confraternellement|sportivement|amiti[ée]s|affectueusement)(?: v[ôo]tre)?(?: [àa] (?:vous|toi))?',
    'bien [àa] (?:vous|toi)(?: tous)?',
    'c(?:or)?d(?:ia)?lt',
    'cdt|bav|slts|bises?|bisous|biz|kenavo|votre bien d[ée]vou[ée]e?',
    '(?:(?:mes |nos |avec (?:mes|nos) |recevez.{0,30} |sinc[èe]res |meilleures |cordiales |respectueuses )+salutations|salutations).{0,40}',
    ".{0,60}l['’]expression de (?:mes|nos) .{0,60}",
    'bonne (?:journ[ée]e|soir[ée]e|r[ée]ception|continuation|semaine|fin de journ[ée]e).{0,30}|(?:excellente|belle|tr[èe]s bonne) (?:journ[ée]e|soir[ée]e|semaine).{0,20}',
    "[àa] (?:bient[ôo]t|tr[èe]s vite|votre disposition).{0,20}|(?:merci|remerciements)(?: (?:d['’]avance|par avance)(?: .{3,40})?| (?:beaucoup|encore|et .{3,30}))?",
    // English
    '(?:(?:with|my|many thanks and|thanks (?:and|&)|thank you and) )?(?:best|kind|kindest|warm|warmest|with best|very best)?(?: and)? ?(?:regards|wishes)(?: from .{2,30})?',
    'rgds|brgds|br|kr|best|warmly|cheers|thanks(?: again| so much| a lot| in advance)?|many thanks|thank you(?: very much)?|ta|xx?x?',
    '(?:yours )?(?:sincerely|faithfully|truly|respectfully|cordially)(?: yours)?|all (?:the|my) best|take care|talk soon|love',
    // German
    '(?:.{2,30} )?(?:mit )?(?:(?:sehr|viele[nr]?|beste[nr]?|liebe[nr]?|freundliche[nmr]?|herzliche[nr]?|sch[öo]ne[nr]?|sonnige[nr]?|kollegiale[nm]?|freundlichen kollegialen) )*(?:\\p{L}{2,20}-?)?gr(?:[üu]|ue)(?:ß|ss)e?n?(?: (?:aus|von|nach|vom) .{2,30})?',
    'mfg|m\\.f\\.g\\.?|lg|vg|bg|hg|herzlichst|hochachtungsvoll|(?:vielen |herzlichen |besten )?dank(?: (?:im voraus|und .{3,40}))?|im auftrag|zum wohl',
    // Spanish
    '(?:(?:un|muchos|reciba(?: un)?|con un|mis|reciban un) )?(?:muy )?(?:(?:cordial(?:es)?|fuerte|gran|afectuoso|atento|c[áa]lido) )*(?:saludos?|abrazos?|besos?)(?: (?:cordial(?:es)?|afectuosos?|atentos?))?',
    'atentamente|atte|cordialmente|slds?|(?:muchas )?gracias(?: (?:y un saludo|de antemano|por todo))?|con afecto|quedo a su disposici[óo]n|afectuosamente',
    // Italian, in passing
    'cordiali saluti|distinti saluti|saluti',
  ].join('|')})(?:\\s*[/|]\\s*[\\p{L} ]{3,40})?[\\s,.!:;🎉😊🙂*_)-]*$`,
  'iu',
);

/** A line of dashes, or of other signs that make a rule. */
export const DELIMITER = /^\s*(?:-- ?|--+\s*|[-—–_=*~#]{3,}\s*)$/;

/** What telephones and mailers write below a message, and the names of pictures in it. */
export const DEVICE =
  /^\s*(?:sent (?:from|with|via)|envoy\S{1,2} (?:de|depuis|[àa] partir|avec|par)|(?:von meinem .{2,40} )?gesendet|von meinem|enviado (?:desde|con)|inviato da|get outlook|obtenez outlook|obtener outlook|outlook (?:f[üu]r|pour|for|para) |t[ée]l[ée]charge[zr] outlook|via mobile|\[?(?:image|cid|logo)\b.{0,80}\]?$|\[cid:|le .{3,40} a [ée]crit)/i;

/** From here on nothing is the writer's: disclaimers and notices of confidentiality. */
export const DISCLAIMER = new RegExp(
  `(?:${[
    "\\b(?:ce (?:message|courriel|mail|e-mail|courrier)|ces informations|les informations contenues|l['’]int[ée]grit[ée])\\b.{0,120}(?:confidentiel|destin|pi[èe]ces jointes|susceptible|responsabilit|[ée]mis|propri[ée]t|erreur)",
    '\\b(?:this (?:e-?mail|message|communication|transmission)|the (?:information|contents?) (?:contained )?(?:in|of) this|confidentiality notice|disclaimer|privileged and confidential|if you (?:are not|have received))\\b',
    '\\b(?:diese (?:e-?mail|nachricht|mail)|der inhalt dieser|wenn sie nicht der)\\b',
    '\\b(?:este (?:mensaje|correo|e-?mail)|la informaci[óo]n contenida|de conformidad con|en cumplimiento|aviso legal|le informamos)\\b',
    "\\b(?:avertissement|confidentialit[ée])\\s*:|\\bsi vous n['’][êe]tes pas (?:le|destinataire)",
    '\\bmailing list\\b|\\byou (?:are receiving|received) this|\\bvous recevez ce|\\b(?:d[ée]sabonn|unsubscribe|abmelden|darse de baja)',
    '\\b(?:beware of fraud|is authorised and regulated|a list of (?:partners|members|directors))\\b',
  ].join('|')})`,
  'iu',
);

/** Lines that say something of the company's register, of paper, of fairs: none of it is a way to reach the writer. */
export const NOTICE = new RegExp(
  `(?:${[
    // Registers and taxes
    "\\b(?:capital (?:social )?de|rcs|r\\.c\\.s|siren|siret|n[°º]? ?tva|tva (?:intra|[a-z]{2} ?\\d)|code (?:naf|ape)|orias|rpps|adeli|n° (?:d['’]agr[ée]ment|formateur))\\b",
    '\\b(?:registered (?:in|office|number|no|company)|company (?:number|no|reg)|incorporated in|vat (?:no|number|reg|id)|license (?:no|#|number|\\d)|licen[cs]e\\s*#|reg\\. no|nmls|ein\\b|dre ?#)',
    '\\b(?:amtsgericht|handelsregister|registergericht|hrb|hra|ust-?id(?:nr)?|steuernummer|st\\.?-?nr|sitz der gesellschaft|vorsitzender? des|aufsichtsrat|firmenbuch|uid|iban|bic|vertretungsberechtigt)\\b',
    '\\b(?:inscrita? en|registro mercantil|c\\.?i\\.?f\\.?\\s*:?\\s*[a-z]-?\\d|n\\.?i\\.?f\\b|n[º°]? ?col(?:\\.|egiado)|colegiad[oa]|num\\. col)',
    '\\b(?:gesch[äa]ftsf[üu]hrer(?:in|ung)?|gesch[äa]ftsf[üu]hrende?r? gesellschafter|vorstand|inhaber(?:in)?)\\s*:',
    // Paper
    "\\b(?:avant d['’]imprimer|imprimer ce|l['’]environnement|before printing|consider the environment|umwelt zuliebe|ausgedruckt|ausdrucken|antes de imprimir|think green|save paper)\\b",
    // Banners
    "\\b(?:retrouvez[- ]|suivez[- ]|rejoignez[- ]|d[ée]couvrez|visitez|rencontrons|rendez-vous (?:au|sur|[àa])|rdv (?:sur|en ligne|via|par)|doctolib|prenez rendez|nouveau\\s*!|profitez|inscrivez|t[ée]l[ée]chargez|salon\\b.{0,40}stand|l['’]abus d['’]alcool)",
    '\\b(?:follow us|like us|visit (?:us|our)|join us|meet us|find us|check out|download|subscribe|book (?:a|your)|save the date|learn more|click here|webinar|now hiring|award|leave (?:us )?a review)\\b',
    '\\b(?:folgen sie|besuchen sie|treffen sie|jetzt (?:anmelden|entdecken|bewerben)|entdecken sie|abonnieren|neu\\s*!|wir stellen ein)\\b',
    '\\b(?:s[íi]ganos|s[íi]guenos|vis[íi]t(?:e|a)nos|descubr[ae]|reserva (?:ya|tu)|desc[áa]rgu?[ae]|[úu]nete|suscr[íi]b)',
    // Hours and habits
    "\\b(?:du lundi au|horaires?|ouvert du|[öo]ffnungszeiten|sprechzeiten|opening hours|office hours|horario|i work (?:part|flex|from)|i check my|my working hours|in an emergency|en cas d['’]urgence|lunes a viernes|mo(?:ntag)?\\s*[-–]\\s*fr|mon(?:day)?\\s*(?:[-–]|to)\\s*fri)",
    // Other numbers
    '^\\W*(?:pager|beeper)\\b',
    '^(?:dx|pager|skype|teams|zoom|icq|r[ée]f|ref|our ref|unser zeichen|zimmer|room|bureau|b[üu]ro|office|raum|despacho)\\b[\\s.:]*(?!.*(?:\\d[\\s./()-]*){7})[\\p{L}\\d .:-]*$',
  ].join('|')})`,
  'iu',
);

/** Somebody else who answers for the writer. */
export const ASSISTANT =
  /^\s*(?:(?:mon |my |mein )?(?:assistante?|secr[ée]taire|secr[ée]tariat|secretary|pa|executive assistant|asst\.?|assistenz|sekret[äa]rin|sekretariat|asistente|secretar[íi]a))\s*(?::|-|–|\s(?:m\.|mme|mr|mrs|ms|frau|herr|sra?)\s)/iu;

/** A part of an organisation, which is neither its name nor what the writer does. */
export const DEPARTMENT =
  /^(?:(?:le |la |the )?(?:service|services g[ée]n[ée]raux|direction|d[ée]partement|p[ôo]le|[ée]quipe|unit[ée]|facult[ée]|ufr|laboratoire de|division|d[ée]l[ée]gation)\s+(?:\p{Ll}|\p{Lu})|(?:department|dept\.?|division|school|faculty|institute|office|team|group)\s+(?:of|for)\b|.{2,40}\s(?:department|dept\.?|division|team)$|(?:abteilung|bereich|referat|fachbereich|dezernat|sachgebiet|lehrstuhl|team|institut f[üu]r)\s|(?:departamento|dpto\.?|depto\.?|[áa]rea|secci[óo]n|facultad|c[áa]tedra)\s)/iu;

/** A title begins with one of these, or holds one as a word. */
const TITLES = words(`
  direct(?:eur|rice|or|ora|eurs) directeur-adjoint responsable responsables manager managerin managing gestionnaire pr[ée]sident(?:e|in|a)? vice-?pr[ée]sident(?:e)? vice-?presidente
  vp svp evp avp ceo cto cfo coo cmo cio ciso cpo cro chro cdo dg dga drh daf dsi rssi pdg dpo chef(?:fe)? cheffe head chief lead leader charg[ée]e? ing[ée]nieure? engineer ingenier[oa] ingenieur(?:in)?
  consultant(?:e|in)? consultor(?:a)? conseill(?:er|[èe]re) conseil d[ée]veloppeu(?:r|se) developer desarrollador(?:a)? entwickler(?:in)? programmeur programmer software-?entwickler(?:in)? architecte? architect arquitect[oa] architekt(?:in)?
  assistant(?:e|in)? asistente adjunct avocate? attorney lawyer solicitor barrister abogad[oa] paralegal notary associ[ée]e? associate partner partnerin soci[oa] founder co-?founder fondat(?:eur|rice) co-?fondat(?:eur|rice) fundador(?:a)? cofundador(?:a)? gr[üu]nder(?:in)? mitgr[üu]nder(?:in)?
  g[ée]rant(?:e)? gerente g[ée]n[ée]ral gesch[äa]ftsf[üu]hrer(?:in)? gesch[äa]ftsf[üu]hrende?r? gesellschafter(?:in)? inhaber(?:in)? owner propri[ée]taire propietari[oa] patron(?:ne)? prokurist(?:in)? vorstand vorsitzende?r? vorstandsvorsitzende?r?
  account commercial(?:e)? technico-?commercial(?:e)? comercial technicien(?:ne)? technician t[ée]cnic[oa] techniker(?:in)? professeure? professor(?:in)? profesor(?:a)? lecturer reader teacher enseignant(?:e)? enseignant-chercheur ma[îi]tre lehrer(?:in)? schulleiter(?:in)? proviseure? principal(?:e)?
  secr[ée]taire secretary secretari[oa] sekret[äa]r(?:in)? analyst(?:e|in)? analista officer specialist sp[ée]cialiste especialista spezialist(?:in)? coordinat(?:eur|rice|or) coordinador(?:a)? koordinator(?:in)? product producer producteur productrice product[oa]r juriste jurist(?:in)?
  comptable expert-?comptable accountant contable buchhalter(?:in)? controller controlador(?:a)? auditor(?:a)? auditeur auditrice acheteu(?:r|se) buyer purchaser comprador(?:a)? eink[äa]ufer(?:in)? verk[äa]ufer(?:in)? vendeu(?:r|se) vendedor(?:a)? salesman formateur formatrice trainer(?:in)? coach notaire notari?[oa]? notar(?:in)? huissier
  m[ée]decin m[ée]dic[oa] physician doctor surgeon arzt [äa]rztin chef[äa]rzt(?:in)? ober[äa]rzt(?:in)? zahnarzt zahn[äa]rztin dentist(?:e|a)? odont[óo]log[oa] psychologue psychologist psic[óo]log[oa] psycholog(?:e|in) kin[ée]sith[ée]rapeute ost[ée]opathe infirmi(?:er|[èe]re) nurse enfermer[oa] pharmacien(?:ne)? pharmacist farmac[ée]utic[oa] apotheker(?:in)? v[ée]t[ée]rinaire veterinarian veterinari[oa] tier[äa]rzt(?:in)? therapist therapeut(?:in)? physiotherapeut(?:in)? fisioterapeuta
  commissaire oficial expert(?:e)? expertin adjointe? adjunt[oa] d[ée]l[ée]gu[ée]e? delegad[oa] referent(?:in)? r[ée]f[ée]rent(?:e)? mitarbeiter(?:in)? sachbearbeiter(?:in)? beauftragte?r? leiter(?:in)? leitung stellv(?:ertretende?r?)?\\.? berater(?:in)? anwalt anw[äa]ltin rechtsanwalt rechtsanw[äa]ltin fachanwalt fachanw[äa]ltin steuerberater(?:in)? wirtschaftspr[üu]fer(?:in)? makler(?:in)? disponent(?:in)? meister(?:in)? geselle
  designer(?:in)? designerin graphiste graphic dise[ñn]ador(?:a)? d[ée]corat(?:eur|rice) interiorist[ae]? illustrat(?:eur|rice|or) photographe photographer fot[óo]graf[oa] fotograf(?:in)? r[ée]alisat(?:eur|rice) filmemacher(?:in)? journalist(?:e|in)? periodista r[ée]dact(?:eur|rice) redact[oa]r redakteur(?:in)? editor(?:a)? [ée]dit(?:eur|rice) traduct(?:eur|rice|or|ora) translator [üu]bersetzer(?:in)? dramaturg(?:e|in)? writer author
  agent(?:e)? broker courtier conseillers? asesor(?:a)? realtor[®]? supervisor superviseu(?:r|se) superintendent foreman conducteur conductrice jefe jefa encargad[oa] socio administrador(?:a)? administrat(?:eur|rice|or) administrator(?:in)? systemadministrator(?:in)? executive ejecutiv[oa] representative repr[ée]sentant(?:e)? representante vertreter(?:in)? planner planificador(?:a)? strategist recruiter(?:in)? recruteu(?:r|se) intern stagiaire apprenti(?:e)? alternant(?:e)? praktikant(?:in)? auszubildende?r? becari[oa] werkstudent(?:in)?
  researcher chercheu(?:r|se) investigador(?:a)? scientist scientifique wissenschaftler(?:in)? doctorant(?:e)? doktorand(?:in)? postdoc curator conservat(?:eur|rice) biblioth[ée]caire librarian bibliothekar(?:in)? bibliotecari[oa] archiviste surveyor g[ée]om[èe]tre estimator m[ée]treu(?:r|se) inspector inspect(?:eur|rice) contr[ôo]leu(?:r|se) artisan plombier [ée]lectricien(?:ne)? menuisier ma[çc]on plumber electrician carpenter schreiner(?:meister)?(?:in)? elektriker(?:in)? fontanero electricista carpintero vigneron(?:ne)? winzer(?:in)? agriculteur agricultrice farmer landwirt(?:in)? agricultor(?:a)? boulanger cuisini(?:er|[èe]re) chef[- ]?koch
  paysagiste landscaper g[äa]rtner(?:in)? jardiner[oa] n[ée]gociat(?:eur|rice) negotiator instruct(?:eur|rice|or) instructor(?:a)? sc[ée]nographe chor[ée]graphe m[ée]diat(?:eur|rice) mediator(?:in)? animat(?:eur|rice) [ée]ducat(?:eur|rice) educator educador(?:a)? erzieher(?:in)? [ée]b[ée]niste opticien(?:ne)? optician optiker(?:in)? sommeli(?:er|[èe]re) chauffeur driver fahrer(?:in)? conductor(?:a)? logistici(?:en|enne) statistici(?:en|enne) statistician informatici(?:en|enne) inform[áa]tic[oa] informatiker(?:in)? [ée]conomiste economist economista urbaniste urbanista ergonome psychoth[ée]rapeute orthophoniste di[ée]t[ée]ticien(?:ne)? dietitian nutritionist nutricionista sage-femme midwife hebamme matrona kundenbetreuung buchhaltung vertrieb innendienst au[ßs]endienst resp responsable
  maire mayor b[üu]rgermeister(?:in)? alcalde(?:sa)? d[ée]put[ée]e? s[ée]nat(?:eur|rice|or) conseill[èe]re pastor pfarrer(?:in)? cur[ée] tr[ée]sori(?:er|[èe]re) treasurer tesorer[oa] schatzmeister(?:in)? b[ée]n[ée]vole volunteer ehrenamtliche?r? trainee membre member mitglied chairman chairwoman chair chairperson trustee governor r[ée]gisseu(?:r|se) webmaster community evangelist devops freelance freiberufler(?:in)? aut[óo]nom[oa] h[ôo]te(?:sse)? d['’]accueil rezeption r[ée]ceptionniste receptionist recepci[óo]n recepcionista empfang teamleiter(?:in)? teamlead scrum
`);
const TITLE = new RegExp(`(?:^|[^\\p{L}])(?:${TITLES})(?![\\p{L}])`, 'iu');
/** German compounds carry the telling word at their end: "Vertriebsleiterin", "Elektromeister". */
const TITLE_ENDINGS =
  /\p{L}{3,}(?:leiter|meister|ingenieur|berater|anwalt|referent|assistent|entwickler|designer|verwalter|makler|h[äa]ndler|lehrer|trainer|planer|f[üu]hrer|direktor|manager|koordinator|sekret[äa]r|pfleger|therapeut|administrator|techniker|mechaniker|arbeiter|betreuer|redakteur|architekt|optiker|bauer|kaufmann|kauffrau|fachfrau|fachmann|beauftragter?|vorsitzender?|wissenschaftler|[äa]rzt|arzt|bibliothekar|macher|inspektor|gestalter|spezialist|expert)(?:in|innen|e)?(?![\p{L}])/iu;
const TITLE_PHRASES =
  /(?:^|\s)(?:at your service|customer (?:success|service|care)|human resources|business (?:development|partner)|(?:inside|field|regional|export) sales|marketing (?:&|and)|public relations|membre du|sales &|ressources humaines|recursos humanos)(?=\s|$)/iu;

/** Whether words say what somebody does. */
export function isTitle(text: string): boolean {
  return TITLE.test(text) || TITLE_ENDINGS.test(text) || TITLE_PHRASES.test(text);
}

/** What organisations put in front of their names. */
export const ORGANIZATION_HEAD = new RegExp(
  `^(?:(?:le |la |les |l['’]|the |el |los |las |die |der |das )?(?:${words(`
  soci[ée]t[ée] entreprise [ée]tablissements? ets cabinet groupe association f[ée]d[ée]ration conf[ée]d[ée]ration fondation syndicat mairie commune ville pr[ée]fecture minist[èe]re conseil chambre cci universit[ée] institut
  lyc[ée]e coll[èe]ge [ée]cole acad[ée]mie h[ôo]pital clinique pharmacie laboratoires? garage restaurant brasserie boulangerie h[ôo]tel camping librairie imprimerie menuiserie transports? banque cr[ée]dit assurances? mutuelle [ée]tude [ée]ditions
  agence atelier studio domaine ch[âa]teau cave maison coop coop[ée]rative scp cpts ehpad chu m[ée]diath[èe]que mus[ée]e th[ée][âa]tre office
  university college hospital bank church school council trust foundation institute department
  kanzlei praxis stadt gemeinde landkreis universit[äa]t hochschule krankenhaus klinik autohaus hotel gasthof weingut verein grundschule gymnasium sparkasse apotheke bibliothek stadtbibliothek stadtwerke theater museum verlag ingenieurb[üu]ro architekturb[üu]ro steuerkanzlei b[äa]ckerei
  ayuntamiento universidad colegio instituto cl[íi]nica hospital banco grupo fundaci[óo]n asociaci[óo]n bufete notar[íi]a bodegas? editorial agencia construcciones transportes talleres gestor[íi]a asesor[íi]a farmacia restaurante seguros fontaner[íi]a inmobiliaria diputaci[óo]n junta generalitat c[áa]mara consultor[íi]a panader[íi]a
  `)}))(?:\\s|$)`,
  'iu',
);

/** The same words at the end of a name, as English and Spanish set them. */
export const ORGANIZATION_TAIL = new RegExp(
  `\\s(?:${words(`
  group holdings? solutions services consulting consultants partners associates architects surveyors engineers lawyers solicitors agency studio studios labs? design designs events travel logistics media photography dentistry dental electric electrical plumbing roofing construction builders foods farm farms bakery realty insurance capital ventures software systems technologies technology networks? trust foundation university college school hospital clinic practice church council bank sales wines? vineyards? brewery gallery museum theatre theater trading vets industries international
  immobilien logistik consult bau holzbau technik dachtechnik elektro solar optik catering events? steuerberatung werbung druck reisen versicherungen apotheke maschinenbau
  consultores abogados asociados viajes log[íi]stica gesti[óo]n interiores seguros ingenieros arquitectos m[úu]sica motor agro
  conseils? transports? assurances immobilier d[ée]co architectes avocats marine sport p[êe]che
  `)})$`,
  'iu',
);
