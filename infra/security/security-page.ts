/** docs/security.md: who may do what to which resource and why, read from the synthesized templates. */
import { acknowledgedSection } from './acknowledged-rules';
import { permissionSections } from './permissions';
import { policySections } from './resource-policies';
import type { TemplateResources } from './template-resource';

const preface = `# Security

Who may do what, to which resource, and why. Written from the synthesized templates of the example configuration by
\`node --import tsx docs/generate-security.ts\`; a test holds it current, and another holds every permission to its reason.

- Each function has a role of its own and no managed policy. No action of a role has a wildcard.
- Secrets stay in AWS Secrets Manager. Functions get their names, read them when they need them, and write them nowhere.
- A task token lies sealed in the store and leaves only towards Step Functions. Links are kept as hashes, codes are kept nowhere.
- Executions are logged without their data, the pages without path and query, calls without their input.
- Production is refused: at deployment by Neon's record of the branch, and in every run by that record and the mark inside the database.

These are templates and tests; no account was available in which AWS itself would have evaluated them.`;

const forgeries = `## Who could forge what

Signed are the bytes of a question, of each answer and of the document that closes a run, as they lie in the store; the signature lies
beside them and \`openssl dgst -sha256 -verify KEY.pem -signature FILE.sig FILE.json\` verifies it. The fingerprint of the key of decisions
stands in the mails and in the decision log.

| who | could write | could not | how it would be found |
| --- | --- | --- | --- |
| a step's function | its own document and artifacts | a question, an answer, another's document, the sign-off | the next state, the pages and \`verify-evidence\`: hashes, answers judged again |
| \`RequestApproval\` | questions, and files of answers without a valid signature | an answer that is believed | the answer is not signed with the key of decisions; the run stops |
| \`DecideApproval\`, \`AnswerTerminal\` | answers of those who are asked, in their names | another question, more people, more time | they are the functions that are trusted with this: their logs, and CloudTrail's record of each signature |
| \`BackupDatabase\` | backups of every run, and their expiry | evidence of other steps; delete a version of a backup | \`verify-evidence\`: hashes, and whether an expiry was due; the bucket keeps what was deleted for 90 days |
| \`SignOff\`, \`CloseRun\`, \`CloseStopped\` | the last document and the report | questions and answers | the answers are judged again; the hash in the ledger, the message and the execution's output |
| who may call the API or invoke \`AnswerTerminal\` | nothing | an answer in anybody's name: AWS names the signer of what they send | refused; the function's log has the caller |
| \`Monitor\`, \`SampleActivity\`, \`OnAlarm\` | the window's document | links, codes, answers | they hold neither their key nor a key that signs |
| \`RemindPostMortem\` | to whom and when a post-mortem was recalled | evidence, documents of the project | nothing is decided by it; the report says by hand that it was held |
| whoever may write the bucket | what its policy lets them | a signature | \`verify-evidence\`, without a hash being given |
| an administrator of the account | everything, after changing a key's or the bucket's policy, or a function's code | the fingerprints in mails that were sent | CloudTrail: PutKeyPolicy, PutBucketPolicy, UpdateFunctionCode, UpdateFunctionConfiguration |
| on one machine, its user | everything: the private keys are files of theirs (0600); with \`npm run approve\` openly, as their operator | what was sent or copied elsewhere | only by fingerprint and hash kept elsewhere |

An answer follows from facts, and a fact that follows from others (what was lost, which rows changed, how a statement is graded, how the schema
drifted) is worked out again from what its document names: the files of this run and moment and no others. Documents of version 0.7.0 and
before keep some of these facts alone. A run that somebody writes anew as if such a version had made it is found by its signatures and by
the hash in the ledger, not by its facts.

Bytes of backups go only by \`backups.keepDays\`: \`BackupDatabase\`, which could write over them anyway, deletes those of earlier runs against the same
target once its own was restored and compared, so that the newest good one never goes; manifests, which have every hash, stay. No rule of
the bucket does it, because a rule cannot know which backup is the newest good one and asks no policy. A deletion hides the version; the bucket
itself takes it away 90 days later, and until then an administrator brings it back. Nobody, that function included, may delete a version.

From a terminal an approver decides on AWS as the person whose IAM principal they are, by \`approvals.principals\`. Neither the permission to
call the API nor that to invoke the function decides anything: the function passes on a GetCallerIdentity that the caller has signed for exactly
this request, and AWS's answer must be the caller whom API Gateway has named and a principal of the person in whose name they decide. A role
counts for every session, so it has to be one that this person alone may assume; the name of a session counts for IAM Identity Center only,
because of other roles whoever assumes them chooses it. Whoever may change a principal's credentials or a role's trust policy can be that
person. API Gateway's verification, the form of its event and AWS's answer were not seen in an account: a double computes the signatures here.

With \`objectLock.days\` in the configuration, questions, answers, sign-offs, closings, reports and what verifies them are written under an
Object Lock in governance mode. Their versions then cannot be deleted, nor the time shortened, by whoever does not hold
\`s3:BypassGovernanceRetention\`, and the bucket's policy denies that to everyone: an administrator changes the policy first, and both calls
are in CloudTrail. It keeps versions, not keys: a newer version can lie over a locked one, and \`verify-evidence\` reads the newest. Whoever
may administer the account can still get rid of them. Compliance mode would hold off even that, and would keep mail addresses that a person may ask to
have deleted. Dumps, links and wrong codes are never locked.

Neither the conditions of the policies nor conditional writes nor locks were tried against AWS: templates and a double judge them here.`;

/** `resources` are those of all stacks. */
export const securityPage = (resources: TemplateResources): string =>
  `${[
    preface,
    forgeries,
    ...permissionSections(resources),
    ...policySections(resources),
    acknowledgedSection(resources),
  ].join('\n\n')}\n`;
