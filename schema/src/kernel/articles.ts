/** The source of a rule, as it is cited to users. 许可法 = 《中华人民共和国行政许可法》(2019年修正). */
export const ARTICLES = {
  /** Materials must be related to the item. */
  noUnrelatedMaterials: '《行政许可法》第三十一条',
  /** All missing materials named once, within 5 working days; silence counts as acceptance from the day they came in. */
  oneTimeNotice: '《行政许可法》第三十二条',
  /** What can be put right on the spot may be put right by the applicant at once. */
  rightedOnTheSpot: '《行政许可法》第三十二条第一款第三项',
  /** Acceptance or refusal of it in writing, sealed and dated. */
  writtenAcceptance: '《行政许可法》第三十二条第二款',
  /** First review by the lower organ, all materials go up with it. */
  firstReview: '《行政许可法》第三十五条',
  /** Reasons, reconsideration and litigation when refused. */
  reasonsForRefusal: '《行政许可法》第三十八条',
  /** A fee needs a law or an administrative regulation. */
  feeBasis: '《行政许可法》第五十八条',
  /** One organ may use several organs' licensing powers, by a decision of the State Council or province. */
  concentratedPowers: '《行政许可法》第二十五条',
  /** A department works at the centre through windows it has authorized. */
  windowAuthority: '《行政许可法》第二十六条;窗口充分授权制度',
  /** A licence bears the seal of the organ that gives it. */
  seal: '《行政许可法》第三十九条',
  /** Every item is handled at the centre, but for an approved list. */
  admission: '应进必进(国办发〔2018〕45号)',
  /** Twenty days to decide. */
  decisionLimit: '《行政许可法》第四十二条',
  /** The lower organ reviews within twenty days of acceptance. */
  firstReviewLimit: '《行政许可法》第四十三条',
  /** Excluded time is a closed list, told to the applicant in writing. */
  excludedTime: '《行政许可法》第四十五条',
  /** Delivered within ten days of the decision. */
  delivery: '《行政许可法》第四十四条',
  /** A matter that can be decided on the spot is decided on the spot. */
  onTheSpot: '《行政许可法》第三十四条',
  /** A check of the materials' substance is done by two of staff or more. */
  substanceCheck: '《行政许可法》第三十四条第三款',
  /** People whom a licence affects are told of it, and may state their case. */
  interestedParties: '《行政许可法》第三十六条',
  /** A hearing held by law or for a great public interest, announced to the public. */
  hearingHeld: '《行政许可法》第四十六条',
  /** A hearing offered before the decision: five days to ask, held within twenty. */
  hearingOffered: '《行政许可法》第四十七条',
  /** Seven days' notice, public, a chair who did not review, a signed record, decided by it. */
  hearingRules: '《行政许可法》第四十八条',
  /** A renewal is asked for thirty days before expiry, and counts as granted when nothing was decided by it. */
  renewal: '《行政许可法》第五十条',
  /** The highest level that signs a decision, and the most people who sign. */
  signOff: '审批流程签批层级制度',
  /** A case ended without a decision, or declared void, for a reason. */
  termination: '办件终止、作废管理制度',
  /** One grade of five for every case that was served. */
  rating: '政务服务“好差评”制度(国办发〔2019〕51号)',
  /** A draft is checked before any clock runs. */
  precheck: '预审制度(网上申报、窗口核验)',
  /** Days are working days, without holidays. */
  workingDays: '《行政许可法》第八十二条',
  /** The day something begins on does not count. */
  firstDayExcluded: '《民法典》第二百零一条',
  /** A last day that is a day of rest moves to the next working day. */
  lastDayRest: '《民法典》第二百零三条',
  /** A delegation goes to another administrative organ, never to a village committee. */
  organsOnly: '《行政许可法》第二十四条',
  /** 委托: a legal basis, another organ, announced, supervised, in the grantor's name, never delegated again. */
  delegation: '《行政许可法》第二十四条',
  /** 控制事项: the organ answers in writing whether it can be done. */
  clearAnswer: '控制事项明确答复制',
  /** What an organ outside decides is reviewed, passed on and followed up by the desk. */
  reportedOutside: '上报事项负责办理制(转报)',
  /** 重大行政许可 are decided by the organ's leaders together, and the meeting is minuted. */
  collectiveDecision: '集体讨论决定制度(会议纪要)',
  /** Meetings on cases: called, attended, minuted, and followed up. */
  meetings: '审批例会、联合会审、联席会议、窗口负责人例会制度',
  /** A decision goes by a published standard of discretion, and says which. */
  discretion: '《国务院办公厅关于进一步规范行政裁量权基准制定和管理工作的意见》(国办发〔2022〕27号)',
  /** One accepts and reviews, another approves. */
  twoPersons: '一审一核(徐州、四平、洋浦政务服务中心制度)',
  /** Proxy handling needs the applicant's recorded consent. */
  proxyConsent: '《行政许可法》第二十九条(委托代理人提出申请)',
  /** Items changed, suspended or cancelled by their date. */
  itemLife: '事项动态管理制度',
  /** A half day's end: 12:00 or 17:30. */
  halfDays: '政务服务中心工作时间制度(上午8:30—12:00,下午14:00—17:30)',
  /** An implementation may be better than the basic catalogue's elements, and never worse. */
  neverWorse: '政务服务事项基本目录和实施清单管理制度(只优不劣)',
  /** Three people who are not its authors check a draft for legality, reasonableness and compliance. */
  threeDesks: '事项动态管理制度(合法性、合理性、合规性审核)',
  /** A fee needs a law or an administrative regulation. */
  feesByLaw: '《行政许可法》第五十八条',
  /** Identity number and its check digit. */
  residentId: 'GB 11643-1999',
  /** Unified social credit code and its check character. */
  socialCreditCode: 'GB 32100-2015',
  /** The applicant is not asked for data that sharing gives. */
  sharedData: '《国务院关于在线政务服务的若干规定》(国务院令第716号)第七条',
  /** Personal data is kept no longer than its purpose needs. */
  storedNoLonger: '《个人信息保护法》第十九条',
  /** Personal data: the least that the purpose needs. */
  leastData: '《个人信息保护法》第六条',
  /** Personal data is read for a stated purpose and no other. */
  statedPurpose: '《个人信息保护法》第六条第一款',
  /** State organs handle personal data within their statutory duties and no further. */
  statutoryDuty: '《个人信息保护法》第三十四条',
  /** State organs tell the person. */
  toldAndAgreed: '《个人信息保护法》第三十五条',
  /** Reading of personal data is limited to some people, and its use is audited. */
  readsAudited: '《个人信息保护法》第五十一条、第五十四条',
  /** Several departments' licences handled together under one lead. */
  jointHandling: '《行政许可法》第二十六条第二款;并联审批、联合验收制度',
  /** Forty-five days, fifteen more by the head of the government. */
  jointLimit: '《行政许可法》第四十二条第二款',
  /** Leads of the stages of a construction project. */
  projectLeads: '国办发〔2019〕11号(每个审批阶段确定一家牵头部门)',
  /** All fees of a case on one bill, taken by the fee window alone. */
  feeWindow: '统一收费制度(一单清、一窗收)',
  /** A waiver has a ground and is approved by another person. */
  feeWaiver: '统一收费制度(减免须有依据并经批准)',
  /** An amount that was paid and is not owed is refunded, for a reason and against a receipt. */
  feeRefund: '统一收费制度(退费须说明事由、凭据办理)',
  /** No document is issued before the amount due is paid. */
  payFirst: '统一收费制度(缴费后发证)',
  /** The desk that is asked first answers in full and stays answerable until the result is reported back. */
  firstAsked: '首问负责制度',
  /** A node is opened, closed and succeeded by the decision of the level above. */
  closing: '政务服务站点设立撤并制度(开放、迁移、撤并);《行政许可法》第二十四条',
  /** Times are booked ahead, also outside working hours. */
  appointments: '预约服务、延时服务制度',
  /** Visitors are called by number, appointments of the hour first. */
  queue: '窗口排队叫号制度',
  /** What a desk took in without a line is filed later, with the day it was received: its delay is not the applicant's. */
  lateFiling: '离线收件、编号预留和补录制度;《行政许可法》第三十二条',
  /** Duties of posts. */
  postDuties: '政务服务中心岗位职责制度',
  /** An agency ends with its term, and when the principal takes it back. */
  proxyEnds: '《民法典》第一百七十三条',
  /** Every township, village and park has named agents, trained, with limits for contracted helpers. */
  agentRoster: '帮办代办制度(代办员名册、培训、聘用人员权限)',
  /** Each post has a B; a person who is absent hands over. */
  standIns: 'AB角工作制度(岗位代理、请假交接)',
  /** An agent proposes what a result leads to, and asks for nothing that is known. */
  nextApplication: '帮办代办制度(全程代办、主动代办);国务院令第716号',
  /** Proxy handling costs the applicant nothing. */
  freeProxy: '帮办代办制度(无偿代办);《行政许可法》第五十八条',
  /** Projects are registered, move on phase by phase and are dispatched by the centre. */
  projects: '投资项目代办服务制度(项目登记、阶段推进、派单督办)',
  stewards: '管家式服务制度(企业管家、联络员)',
  /** Only key projects take the green channel, by an organ's head or chief representative, for a ground. */
  greenChannel: '重点项目绿色通道制度',
  /** An urgent case has the applicant's ground and another person's approval. */
  urgency: '特急件办理制度',
} as const;
