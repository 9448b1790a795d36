"""Faults of certificates, of what says that they were revoked, and of whoever signs. English, Russian, Kazakh."""

TEXT = """
one signer's certificate expected in the signature, {} found
в подписи ожидался один сертификат подписавшего, найдено: {}
қолтаңбада қол қоюшының бір сертификаты күтілді, табылғаны: {}

the certificate is not issued by a trusted authority
сертификат выдан не тем центром, которому вы доверяете
сертификатты сенімді орталық бермеген

the certificate: {}
сертификат: {}
сертификат: {}

the certificate bears the name of a trusted authority but not its signature
в сертификате имя доверенного центра, но не его подпись
сертификатта сенімді орталықтың аты бар, бірақ қолтаңбасы жоқ

{}: not trusted at {}
{}: на {} доверия не было
{}: {} сәтінде сенім болмаған

is not a certificate authority
это не удостоверяющий центр
бұл куәландырушы орталық емес

allows fewer authorities below it
под ним допускается меньше центров
оның астында одан аз орталыққа рұқсат бар

may not sign certificates
не вправе подписывать сертификаты
сертификаттарға қол қоюға құқығы жоқ

critical extension {} is not understood
критическое расширение {} неизвестно
{} маңызды кеңейтуі белгісіз

an extension's flag is there only if it is true
признак расширения указывают, только если он истинен
кеңейтудің белгісі шын болғанда ғана жазылады

extension {} is given twice
расширение {} указано дважды
{} кеңейтуі екі рет берілген

not valid before {}
начинает действовать только с {}
тек мына сәттен бастап жарамды: {}

the certificate expired at {}
срок действия сертификата истёк {}
сертификаттың мерзімі мына сәтте бітті: {}

the certificate is not for signing: key usage {} is missing
сертификат не для подписи: нет назначения ключа {}
сертификат қол қоюға арналмаған: кілт мақсатында {} жоқ

the certificate is not for signing: extended key usage emailProtection is missing
сертификат не для подписи: нет расширенного назначения ключа emailProtection
сертификат қол қоюға арналмаған: кілттің кеңейтілген мақсатында emailProtection жоқ

the certificate is for authentication: extended key usage clientAuth
сертификат для входа, а не для подписи: расширенное назначение ключа clientAuth
сертификат қол қоюға емес, кіруге арналған: кілттің кеңейтілген мақсаты clientAuth

the certificate is that of an authority
это сертификат удостоверяющего центра
бұл куәландырушы орталықтың сертификаты

the certificate names no role of its owner
в сертификате не названа роль владельца
сертификатта иесінің рөлі аталмаған

the certificate's roles are {}, expected one of {}
роли в сертификате: {}; нужна одна из: {}
сертификаттағы рөлдер: {}; мыналардың бірі керек: {}

certificate policy {} is not for signing
политика сертификата {} не для этой подписи
{} сертификат саясаты бұл қолтаңбаға арналмаған

missing
не указана
көрсетілмеген

the certificate names no single well-formed {}
в сертификате нет единственного правильно записанного номера: {}
сертификатта дұрыс жазылған жалғыз нөмір жоқ: {}

the certificate's {} is {}, not {}
{} в сертификате: {}; ожидался: {}
сертификаттағы {}: {}; күтілгені: {}

IIN
ИИН
ЖСН

BIN
БИН
БСН

not a pinned seal of the service
это не закреплённая печать сервиса
бұл сервистің бекітілген мөрі емес

the certificate is revoked since {} ({})
сертификат отозван с {} ({})
сертификат мына сәттен бері қайтарып алынған: {} ({})

{}: a hold may be lifted
{}: приостановление могут снять
{}: тоқтата тұру алынуы мүмкін

no revocation list or OCSP response of {} is fresh at that time
нет свежего на тот момент списка отзыва или ответа OCSP от {}
сол сәтке жарамды қайтарып алу тізімі немесе OCSP жауабы жоқ: {}

the authority says that it never issued the certificate
центр отвечает, что никогда не выдавал этот сертификат
орталық бұл сертификатты ешқашан бермегенін айтады

the timestamp authority's key is revoked since {} ({})
ключ центра меток времени отозван с {} ({})
уақыт белгісі орталығының кілті мына сәттен бері қайтарып алынған: {} ({})

revocation list {}: {}
список отзыва {}: {}
қайтарып алу тізімі {}: {}

OCSP response {}: {}
ответ OCSP {}: {}
OCSP жауабы {}: {}

a revocation list names no issuer
в списке отзыва не назван издатель
қайтарып алу тізімінде беруші аталмаған

its serial number is not positive or has more than 20 octets
его серийный номер не положителен или длиннее 20 октетов
оның сериялық нөмірі оң емес немесе 20 октеттен ұзын

partial and indirect revocation lists are not taken
частичные и косвенные списки отзыва не принимаются
ішінара және жанама қайтарып алу тізімдері қабылданбайды

a delta revocation list without the complete list that it adds to
дополнение к списку отзыва без полного списка
толық тізімсіз берілген қайтарып алу тізімінің қосымшасы

not a revocation list: {}
это не список отзыва: {}
бұл қайтарып алу тізімі емес: {}

revocation list: critical extension {} is not understood
список отзыва: критическое расширение {} неизвестно
қайтарып алу тізімі: {} маңызды кеңейтуі белгісіз

revocation list of {}: not signed by an authority of the trust folder
список отзыва {}: подписан не центром из папки доверия
қайтарып алу тізімі, {}: оған сенім қалтасындағы орталық қол қоймаған

the response is about certificates of an authority that is not trusted here
ответ о сертификатах центра, которому здесь не доверяют
жауап мұнда сенім білдірілмеген орталықтың сертификаттары туралы

the signature of the response does not match
подпись под ответом не сходится
жауаптың қолтаңбасы сәйкес келмейді

not for signing OCSP responses
не для подписи ответов OCSP
OCSP жауаптарына қол қоюға арналмаған

the responder's certificate was not valid when the response was produced
сертификат отвечающего не действовал, когда составлен ответ
жауап жасалған кезде жауап берушінің сертификаты жарамсыз болған

the responder's certificate is revoked
сертификат отвечающего отозван
жауап берушінің сертификаты қайтарып алынған

the responder's certificate is not issued by that authority
сертификат отвечающего выдан не этим центром
жауап берушінің сертификатын бұл орталық бермеген

the response is the answer to another request: its nonce differs
это ответ на другой запрос: не совпадает одноразовое число
бұл басқа сұрауға берілген жауап: бір реттік сан сәйкес емес

the response is larger than {} bytes
ответ больше {} байт
жауап {} байттан үлкен

the responder answers {}
отвечающий сообщает: {}
жауап беруші хабарлайды: {}

the response is of an unknown type
ответ неизвестного вида
жауаптың түрі белгісіз

the response is of an unknown version
ответ неизвестной версии
жауаптың нұсқасы белгісіз

one to {} answers expected, {} found
ожидалось от одного до {} ответов, найдено: {}
бірден бастап {} жауапқа дейін күтілді, табылғаны: {}

the response names certificates by digest {}
в ответе сертификаты названы через алгоритм хеширования {}
жауапта сертификаттар {} хештеу алгоритмі арқылы аталған

the response is signed by none that the issuing authority authorised
ответ подписал не тот, кого уполномочил выдавший центр
жауапқа беруші орталық уәкілеттік берген тұлға қол қоймаған

not an OCSP response in strict DER: {}
это не ответ OCSP в строгом DER: {}
бұл қатаң DER түріндегі OCSP жауабы емес: {}
"""
