#include "app/translate/han_variants.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <vector>

namespace app::translate {
namespace {

// Sorted by frequency in running text and cut there, then by code point. A letter is simplified when it is in
// GB 2312 and not in Big5, traditional the other way round; Japanese are those of JIS X 0208 level 1.
constexpr char16_t kSimplifiedOnly[] =
    u"专业东丝两严个临为丽举义乐习乡书买亚产亲亿仅从仪们众传伤侧债储兰关兴养册军农冲决况净减击则刚创删"
    u"别剧办务动劳势华协单卖卫厅历压县发变启员响团园围图场块坚墙处备够头奋奖妇妈娱实审宫宽宾对导尔层岁"
    u"岛币师带帮广庆库应废开张强录态总恶戏战户执扩扫扬护报择挥损换无时显术杀权标树样梦检欢毕汇汉测济润"
    u"涨满灵灾烟热爱爷环现电疗监盖盘矿码础积稳竞筹签简类紧红约级纪纳线练组细织终绍经结给络绝统绩续维综"
    u"绿缓编缩职联脑脸艺节苏荣药获营补见观规视览觉计订认让训议讯记讲许论设访证评识诉诊词试话询该详语误"
    u"说请读课调谈谢负财责败账货质贫购贴贵贸费资赛赞赢车转轮软轻载较辑输边达过运还这进远违连迹选遗邮释"
    u"钟钢钮钱银链销错键镇长门闪闭问间闻阅队阳阵阶际陆险隐难页顶项顺顾预领频题额风飞饭饮饰馆马驾验鲜龙";
constexpr char16_t kSimplifiedAndJapanese[] =
    u"乱争会侠内写剥励区医却厨参双叙叶号嘱国壮声奥学宝寝寿将尽届属峡弥当径恋恒悦惨担携数断旧昼晋条来枢"
    u"楼横欧残没浅涛温湾湿滞潜灯炉点状独狭猪猫献画盗着碍礼祷称税窃胆脚脱芦莱葱蒋虚装誉践躯辞遥随静麦黄";
constexpr char16_t kTraditionalOnly[] =
    u"丟亂亞伋佈佔佺來們偭傢傳僇僎價儘儳兒內兩刪剋劍劑勁勞匯區卻厲參吳啟單嗎嚴國圍圓圖團堉墦壓壞壯壽夠"
    u"奧奭妝妳娛媽學實寫寬寶將專對屆屬崁巉帶幫廚廢廣廳彈徑從悅惡憑應懷戀戰戲戶搖搶撐撥擇擊擔據擠擴擺攝"
    u"敔數斷昤晅晞曉會條棻榮槃樂樓樣橫檔檢櫃權歐歡歲歷歸殘毀氣沒沘泜洸浥淚淨淺湣湲溫滾滿漲潛澤澴濕濟濩"
    u"瀏灣焜燒營爐爭牆牠狀獎獨獸獻玥琯瑪璘璟瓖產甦畫當疢瘋發盡盧眾瞋砠硿碼礙祕禮稅稱穌穩簽籌籥絕絲經綠"
    u"緣縣縱總繞繪繳繼續耑聲聽脩脫腦腳膠膽臉臟臺與舉舊芣莊萊萬蕭藝藥處虛號蟲裝褕褲覺覽觀觸詢說證譽讀變"
    u"讓讚谿豐豬貓賣賴賺賽贏趕趙輕輛轉辦辭迴迺遞遲邊郃鄉鄗鄘鄰醫醬釋釐銷錄錢鏈鐵閒閱關陞隨險隱雊雖雙雜"
    u"雞靈靜顆顏顯餘騙驗體髮鬆鬥鬧鹽麥麵麼黃點黨齊齒齡";
constexpr char16_t kTraditionalAndJapanese[] =
    u"並係個倫偉側傑備債傷傾僅儀億償優儲冊凱別則剛創劃劇劉動務勝勢協員問園執堅報場塊夢奮婦孫宮寧審尋導"
    u"層島師帳幣幹幾庫廠張強復徹愛態慣慮慶憂掃掛採揚換揮損擁擾敗敵時暫書東楊業極構槍標樹橋機欄殺決沖況"
    u"涼減測湯準滅漢潔潤濃災為烏無煉煙熱燈爺爾猶獲現環畢異療監盤瞭確礎種積競筆節範築簡紀約紅納純紙級細"
    u"紹終組結絡給統綜維網緊緒線編緩練縮織罰羅義習聖聞聯職脈臨興華葉蒐蓋薦藍蘇蘭術衛衝補裡製複見規視親"
    u"訂計訊討訓記訪設許訴診註評詞試詩話該詳認語誠誤誰課調談請論諮諸諾謂講謝識議護貝負財貧貨責貴買貸費"
    u"貼資賓賞質購跡車軍軟較載輔輩輪輸農這連週進遊運過達違遠適選遺還郵鄭針銀鋼錯鍋鍵鎖鎮鏡鐘長門閃閉開"
    u"間陣陰陳陸陽隊階際隻離難雲電韓響頁頂項順須預頓領頭頻題額願類顧風飛飯飲飾養館馬騎驚魚魯鮮鳥鳳麗龍";
constexpr char16_t kJapaneseOnly[] =
    u"両乗亀亜仏仮価侭値倶倹働兎児円冨冴処凧凪剣剤剰労効勅勧勲匁匂単厳収呉呑呪咲唖啓喰営噛噺嚢団囲図圏"
    u"圧堺塀塁塩増壊壌壱売壷変奨妬姉姫娯嬢宍実寛対専尭峠峯嶋巌巣巻帯帰庁広廃廻廼弐弾従徳徴応恵悩悪惣懐"
    u"戦戯戸戻払抜択拝拠拡挙挿捜掲掻揺摂撃撹斉斎晩暁暦曽杢枠査柾栂栃栄栢桜桝桟梶梼椀椙椛検楕楳楽榊様樋"
    u"権樫欝歓歩歯歳歴殻毎気氷汚沢浄涙涜渇済渉渋渓満溌滝潅瀞瀬焔焼犠狛猟獣瑠産畑畠畳疎痩発皐県砕砿硲碁"
    u"稲穂穏穐穣窓竃竜竪笹箆篭籾粂粋粛粧経絵絶継続総緑縁縄縦繊繋繍聡聴脇脳臓舎舗舘艶苅荘菓蔵薗薫薬蛍蝋"
    u"蝿衆袴裏覇覚覧観訳説読諌謡譲讃讐賎賛贋転軽辺辻込逓遅遡郷酔醗醤醸釈鈎鉄鉢鉱銭鋭鋲鋳錬録鑓関閲闘陥"
    u"険隠隣隷雑雫霊靭韮頚頬頴頼顔顕駄駅駆駈騒験騨髄髪鮎鯵鰐鰯鴎鴫鴬鶏鹸麹麺麿黒黙齢";

struct VariantEntry
{
    char16_t letter;
    HanVariant variant;
};

std::vector<VariantEntry> makeTable()
{
    std::vector<VariantEntry> table;
    const auto add = [&table](std::u16string_view letters, HanVariant variant) {
        for (const char16_t letter : letters)
            table.push_back({letter, variant});
    };
    add(kSimplifiedOnly, HanVariant::Simplified);
    add(kSimplifiedAndJapanese, HanVariant::SimplifiedJapanese);
    add(kTraditionalOnly, HanVariant::Traditional);
    add(kTraditionalAndJapanese, HanVariant::TraditionalJapanese);
    add(kJapaneseOnly, HanVariant::Japanese);
    std::sort(table.begin(), table.end(), [](const VariantEntry &a, const VariantEntry &b) { return a.letter < b.letter; });
    return table;
}

} // namespace

HanVariant hanVariant(char32_t codePoint)
{
    static const std::vector<VariantEntry> table = makeTable();
    if (codePoint < table.front().letter || codePoint > table.back().letter)
        return HanVariant::Shared;
    const auto found = std::lower_bound(table.begin(), table.end(), codePoint,
                                        [](const VariantEntry &e, char32_t c) { return char32_t(e.letter) < c; });
    return found != table.end() && found->letter == codePoint ? found->variant : HanVariant::Shared;
}

} // namespace app::translate
