"""Faults of timestamps, of evidence that is kept, and of the audit log's proofs. English, Russian, Kazakh."""

TEXT = """
no timestamp proves when the signature existed
ни одна метка времени не доказывает, когда существовала подпись
қолтаңбаның қашан болғанын ешбір уақыт белгісі дәлелдемейді

the evidence is of another signature
доказательства относятся к другой подписи
дәлелдемелер басқа қолтаңбаға қатысты

the evidence is larger than {} bytes
доказательства больше {} байт
дәлелдемелер {} байттан үлкен

not a record of evidence in its only form
доказательства записаны не в своём единственном виде
дәлелдемелер өзінің жалғыз түрінде жазылмаған

not a record of evidence: {}
это не запись доказательств: {}
бұл дәлелдемелер жазбасы емес: {}

not base64: {}
это не base64: {}
бұл base64 емес: {}

more than {} {}
больше допустимого ({}): {}
рұқсат етілгеннен көп ({}): {}

timestamps
метки времени
уақыт белгілері

OCSP responses and revocation lists
ответы OCSP и списки отзыва
OCSP жауаптары мен қайтарып алу тізімдері

renewals
продления доказательств
дәлелдемелерді жаңартулар

bytes
байты
байттар

the tree's digest {} is not allowed
алгоритм хеширования дерева {} не допускается
ағаштың {} хештеу алгоритміне рұқсат жоқ

renewal {}: {}
продление {}: {}
жаңарту {}: {}

a path of more than {} steps
путь длиннее {} шагов
жол {} қадамнан ұзын

the token states no accuracy
метка времени не называет точности
уақыт белгісінде дәлдік көрсетілмеген

the token is accurate to {} only
точность метки времени лишь {}
уақыт белгісінің дәлдігі тек {}

the token is of {}, which lies ahead
метка времени от {}, а это ещё впереди
уақыт белгісінің сәті әлі алда: {}

digest {} is not allowed
алгоритм хеширования {} не допускается
{} хештеу алгоритміне рұқсат жоқ

the certificate is not one for timestamps only
сертификат не только для меток времени
сертификат тек уақыт белгілеріне арналмаған

the certificate's key usage does not allow signatures
назначение ключа сертификата не допускает подписей
сертификат кілтінің мақсаты қолтаңбаға жол бермейді

the token holds no TSTInfo
в метке времени нет TSTInfo
уақыт белгісінде TSTInfo жоқ

unknown version of TSTInfo
неизвестная версия TSTInfo
TSTInfo нұсқасы белгісіз

the time of a token is a GeneralizedTime
время в метке должно быть GeneralizedTime
белгідегі уақыт GeneralizedTime болуға тиіс

unexpected members of TSTInfo
в TSTInfo есть лишние части
TSTInfo ішінде артық бөліктер бар

the token does not carry its signer's certificate
в метке времени нет сертификата того, кто её подписал
уақыт белгісінде оған қол қойғанның сертификаты жоқ

the imprint's digest {} is not allowed
алгоритм хеширования отпечатка {} не допускается
таңбаның {} хештеу алгоритміне рұқсат жоқ

the token is over other bytes
метка времени поставлена на другие данные
уақыт белгісі басқа деректерге қойылған

the token's policy {} is not allowed
политика метки времени {} не допускается
уақыт белгісінің {} саясатына рұқсат жоқ

not a timestamp token: {}
это не метка времени: {}
бұл уақыт белгісі емес: {}

the token cannot be read: {}
метка времени не читается: {}
уақыт белгісі оқылмайды: {}

an accuracy that is none
указанная точность — не точность
көрсетілген дәлдік дәлдік емес

the token's signature does not match
подпись метки времени не сходится
уақыт белгісінің қолтаңбасы сәйкес келмейді

no inclusion proof
нет доказательства, что запись есть в журнале
жазбаның журналда бар екенінің дәлелі жоқ

no key of the audit log in the trust folder
в папке доверия нет ключа журнала аудита
сенім қалтасында аудит журналының кілті жоқ

the entry of the audit log is about another act
запись журнала аудита о другом акте
аудит журналының жазбасы басқа акт туралы

the entry of the audit log has no time
в записи журнала аудита нет времени
аудит журналының жазбасында уақыт жоқ

the entry is of {}, which lies ahead
запись от {}, а это ещё впереди
жазбаның сәті әлі алда: {}

entry {} of {} in {}, {}
запись {0} из {1} в журнале {2}, {3}
{2} журналы, {1} жазбаның ішіндегі № {0}, {3}

entry {} is in the log, and the proof does not show what it says
запись {} есть в журнале, но доказательство не показывает, что в ней сказано
{} жазба журналда бар, бірақ дәлел онда не айтылғанын көрсетпейді

the container brings no inclusion proof
в контейнере нет доказательства из журнала
контейнерде журналдың дәлелі жоқ

the checkpoints are of another log
контрольные точки — другого журнала
бақылау нүктелері басқа журналдікі

the log has told two histories
журнал рассказал две разные истории
журнал екі түрлі тарих айтқан

of different sizes: a consistency proof is needed (--consistency)
размеры разные: нужно доказательство согласованности (--consistency)
өлшемдері әртүрлі: келісімділік дәлелі керек (--consistency)

the file does not hold signed checkpoints and nothing else
в файле должны быть подписанные контрольные точки и больше ничего
файлда тек қол қойылған бақылау нүктелері болуға тиіс

the consistency proof is not base64
доказательство согласованности не в base64
келісімділік дәлелі base64 түрінде емес

a hash of the consistency proof has not 32 bytes
хеш в доказательстве согласованности не из 32 байт
келісімділік дәлеліндегі хеш 32 байттан тұрмайды

leaf {} is not in a tree of {}
записи {} нет в дереве из {}
{} жазбасы көлемі {} ағашта жоқ

a tree of {} cannot continue one of {}
дерево из {} не может продолжать дерево из {}
көлемі {} ағаш көлемі {} ағашты жалғастыра алмайды

the inclusion proof does not lead to the root
доказательство включения не ведёт к корню
енгізу дәлелі түбірге апармайды

the inclusion proof is too long
доказательство включения слишком длинное
енгізу дәлелі тым ұзын

the consistency proof has the wrong length
доказательство согласованности не той длины
келісімділік дәлелінің ұзындығы дұрыс емес

the consistency proof does not lead from the old root to the new one
доказательство согласованности не ведёт от старого корня к новому
келісімділік дәлелі ескі түбірден жаңасына апармайды

the consistency proof is too short
доказательство согласованности слишком короткое
келісімділік дәлелі тым қысқа

the consistency proof is too long
доказательство согласованности слишком длинное
келісімділік дәлелі тым ұзын

{} is not in the one base64 form
{}: не в единственном виде base64
{}: base64-тің жалғыз түрінде емес

{} is not base64
{}: не base64
{}: base64 емес

{} is not an Ed25519 key of a signed note
{}: это не ключ Ed25519 подписанной записки
{}: бұл қол қойылған жазбаның Ed25519 кілті емес

{} is not a decimal number
{}: это не десятичное число
{}: бұл ондық сан емес

a note's signature
подпись записки
жазбаның қолтаңбасы

the verifier key
ключ проверки
тексеру кілті

the index
номер записи
жазба нөмірі

the size of the log
размер журнала
журнал көлемі

the extra data
добавочные данные
қосымша деректер

a hash
хеш
хеш

a note's signature line is malformed
строка подписи записки испорчена
жазбаның қолтаңба жолы бұзылған

this is not a signed note
это не подписанная записка
бұл қол қойылған жазба емес

the note has too many signatures
в записке слишком много подписей
жазбада қолтаңба тым көп

no known key has signed the note
записка не подписана ни одним известным ключом
жазбаға белгілі кілттердің ешқайсысымен қол қойылмаған

a hash has 32 bytes
хеш состоит из 32 байт
хеш 32 байттан тұрады

the verifier key's id does not fit its key
номер ключа проверки не подходит к ключу
тексеру кілтінің нөмірі кілтке сай емес

a key's name has no spaces and no plus sign
в имени ключа не бывает пробелов и плюса
кілт атауында бос орын мен плюс болмайды

the signature of {} is wrong
подпись ключа {} неверна
{} кілтінің қолтаңбасы қате

this is not a checkpoint
это не контрольная точка
бұл бақылау нүктесі емес

the log {} has not signed its checkpoint
журнал {} не подписал свою контрольную точку
{} журналы өзінің бақылау нүктесіне қол қоймаған

this is not a proof of a transparency log
это не доказательство из журнала
бұл журналдың дәлелі емес

the proof names no index, or too many hashes
в доказательстве нет номера записи или слишком много хешей
дәлелде жазба нөмірі жоқ немесе хеш тым көп

the record is cut off
запись обрезана
жазба үзіліп қалған
"""
