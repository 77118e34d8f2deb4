import type { Host } from '@liandong/schema/wire';
import type { Role } from '@liandong/schema/kernel';

/**
 * The demo federation: city 台州市, county 三门县, townships 亭旁镇 and 珠岙镇, and two villages of each. The villages of
 * 亭旁镇 have a host each, those of 珠岙镇 share one: a host serves one node or many.
 */
export const DEMO_HOSTS: readonly Omit<Host, 'url'>[] = [
  { id: 'city', nodes: ['331000'] },
  { id: 'county', nodes: ['331022'] },
  { id: 'tingpang', nodes: ['331022103'] },
  { id: 'zhuao', nodes: ['331022102'] },
  { id: 'baojia', nodes: ['331022103201'] },
  { id: 'renjia', nodes: ['331022103210'] },
  { id: 'zhuao-villages', nodes: ['331022102217', '331022102218'] },
];

/** Every demo person's password. */
export const DEMO_PASSWORD = 'liandong';

export interface DemoPerson {
  username: string;
  name: string;
  division: string;
  roles: Role[];
  department: string | null;
}

/** A person at a desk, with the demo's password. */
export const person = (
  username: string,
  name: string,
  division: string,
  role: Role,
  department: string | null = null,
): DemoPerson => ({
  username,
  name,
  division,
  roles: [role],
  department,
});

/** Seeded people; all are made up. */
export const DEMO_PEOPLE: readonly DemoPerson[] = [
  person('baojia-agent', '包小芳', '331022103201', 'AGENT'),
  person('baojia-clerk', '包志强', '331022103201', 'CLERK'),
  person('renjia-agent', '任大海', '331022103210', 'AGENT'),
  person('zhuao-village-agent', '奚阿琴', '331022102217', 'AGENT'),
  person('xiangli-agent', '祁志远', '331022102218', 'AGENT'),
  person('tingpang-clerk', '章亭兰', '331022103', 'CLERK'),
  person('tingpang-chief', '梅建国', '331022103', 'CHIEF'),
  person('tingpang-agent', '邵明月', '331022103', 'AGENT'),
  person('zhuao-clerk', '林晓珠', '331022102', 'CLERK'),
  person('zhuao-chief', '叶向东', '331022102', 'CHIEF'),
  person('county-agent', '傅代梅', '331022', 'AGENT'),
  person('county-civil-clerk', '吴慧敏', '331022', 'CLERK', '民政'),
  person('county-civil-chief', '郑海峰', '331022', 'CHIEF', '民政'),
  person('county-civil-deputy', '洪静宜', '331022', 'DEPUTY_HEAD', '民政'),
  person('county-civil-head', '林国栋', '331022', 'HEAD', '民政'),
  person('county-education-clerk', '俞书雅', '331022', 'CLERK', '教育'),
  person('county-market-clerk', '罗立新', '331022', 'CLERK', '市场监管'),
  person('county-market-chief', '丁国清', '331022', 'CHIEF', '市场监管'),
  person('county-police-clerk', '沈卫民', '331022', 'CLERK', '公安'),
  person('county-police-chief', '方守安', '331022', 'CHIEF', '公安'),
  person('county-tax-clerk', '范思敏', '331022', 'CLERK', '税务'),
  person('county-tax-chief', '汪正清', '331022', 'CHIEF', '税务'),
  person('county-labour-clerk', '施惠民', '331022', 'CLERK', '人力社保'),
  person('county-labour-chief', '倪安居', '331022', 'CHIEF', '人力社保'),
  person('county-bank-clerk', '钱一诺', '331022', 'CLERK', '银行'),
  person('county-bank-chief', '金守信', '331022', 'CHIEF', '银行'),
  person('county-housing-clerk', '尤建筑', '331022', 'CLERK', '住房城乡建设'),
  person('county-housing-chief', '柯广厦', '331022', 'CHIEF', '住房城乡建设'),
  person('county-planning-clerk', '陆经纬', '331022', 'CLERK', '自然资源和规划'),
  person('county-fire-clerk', '霍平安', '331022', 'CLERK', '消防'),
  person('county-air-defence-clerk', '方守备', '331022', 'CLERK', '人防'),
  person('county-weather-clerk', '云知晴', '331022', 'CLERK', '气象'),
  person('county-water-clerk', '江映川', '331022', 'CLERK', '水利'),
  person('county-water-reviewer', '河清远', '331022', 'CLERK', '水利'),
  person('county-water-chief', '海安澜', '331022', 'CHIEF', '水利'),
  person('county-development-clerk', '计长远', '331022', 'CLERK', '发展改革'),
  person('county-enforcement-clerk', '严明则', '331022', 'CLERK', '综合执法'),
  person('county-supervisor', '戴正平', '331022', 'SUPERVISOR'),
  person('county-operator', '乔维安', '331022', 'OPERATOR'),
  person('county-administrator', '应安宁', '331022', 'ADMINISTRATOR'),
  person('county-terminal', '一号自助终端', '331022', 'TERMINAL'),
  person('city-education-clerk', '阮思齐', '331000', 'CLERK', '教育'),
  person('city-education-chief', '陶维新', '331000', 'CHIEF', '教育'),
  person('city-supervisor', '蒋守正', '331000', 'SUPERVISOR'),
  person('city-cataloguer', '徐文理', '331000', 'CATALOGUER'),
  person('city-legality-reviewer', '项明法', '331000', 'REVIEWER'),
  person('city-reasonableness-reviewer', '褚若谷', '331000', 'REVIEWER'),
  person('city-compliance-reviewer', '管正规', '331000', 'REVIEWER'),
  person('county-cataloguer', '卢清源', '331022', 'CATALOGUER'),
  person('tingpang-cataloguer', '金素梅', '331022103', 'CATALOGUER'),
];
