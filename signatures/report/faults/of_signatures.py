"""Faults of signatures: form, signed attributes, algorithms, keys. English, Russian, Kazakh; ``{}`` is what varies."""

TEXT = """
the signature is empty
подпись пуста
қолтаңба бос

the signature is larger than {} bytes
подпись больше {} байт
қолтаңба {} байттан үлкен

neither DER nor exactly one PEM block labelled CMS or PKCS7
это не DER и не ровно один блок PEM с меткой CMS или PKCS7
бұл DER де, CMS немесе PKCS7 белгісі бар жалғыз PEM блогы да емес

the PEM block is not base64: {}
блок PEM не в base64: {}
PEM блогы base64 түрінде емес: {}

not a CMS signature in strict DER: {}
это не подпись CMS в строгом DER: {}
бұл қатаң DER түріндегі CMS қолтаңбасы емес: {}

the content type is not signed data
тип содержимого — не подписанные данные
мазмұн түрі — қол қойылған деректер емес

unknown version of signed data
неизвестная версия подписанных данных
қол қойылған деректердің нұсқасы белгісіз

the digest algorithms named are not the signer's
названные алгоритмы хеширования не те, что у подписавшего
аталған хештеу алгоритмдері қол қоюшынікі емес

unexpected members of signed data
в подписанных данных есть лишние части
қол қойылған деректерде артық бөліктер бар

more than {} certificates
сертификатов больше {}
сертификат саны {} шегінен асады

a certificate is larger than {} bytes
один из сертификатов больше {} байт
сертификаттардың бірі {} байттан үлкен

a certificate cannot be read: {}
сертификат не читается: {}
сертификат оқылмайды: {}

a certificate names no subject or no issuer
в сертификате не назван владелец или издатель
сертификатта иесі немесе беруші аталмаған

exactly one signer expected, {} found
ожидалась ровно одна подпись, найдено: {}
дәл бір қол қоюшы күтілді, табылғаны: {}

signed attributes of more than {} bytes
подписанные атрибуты больше {} байт
қол қойылған атрибуттар {} байттан көп

the signer's version does not fit its identifier
версия не подходит к тому, как назван подписавший
нұсқа қол қоюшының аталу тәсіліне сай емес

more than {} attributes
атрибутов больше {}
атрибут саны {} шегінен асады

a length that is not in its shortest form
длина записана не в кратчайшем виде
ұзындық ең қысқа түрде жазылмаған

one element expected, {} found
ожидался один элемент, найдено: {}
бір элемент күтілді, табылғаны: {}

tag {} holds no elements
тег {} не содержит элементов
{} тегінің ішінде элементтер жоқ

tag {} is empty
тег {} пуст
{} тегі бос

tag {} expected, {} found
ожидался тег {}, найден {}
{} тегі күтілді, табылғаны: {}

object identifier too long
слишком длинный объектный идентификатор
объектілік идентификатор тым ұзын

integer too large
слишком большое целое число
бүтін сан тым үлкен

a bit string of whole octets expected
ожидалась битовая строка из целых байтов
тұтас байттардан тұратын бит жолы күтілді

more than {} elements
элементов больше {}
элемент саны {} шегінен асады

an element without a length
элемент без длины
ұзындығы жоқ элемент

tag number above 30
номер тега больше 30
тег нөмірі 30-дан үлкен

an element is cut off
элемент обрезан
элемент үзіліп қалған

the content is inside the signature; a detached one is required
содержимое внутри подписи, а нужна отсоединённая подпись
мазмұн қолтаңбаның ішінде, ал бөлек қолтаңба қажет

the content type is not data
тип содержимого — не данные
мазмұн түрі — деректер емес

the signature carries another one
подпись несёт в себе другую подпись
қолтаңбаның ішінде басқа қолтаңба бар

the content looks like signed attributes
содержимое выглядит как подписанные атрибуты
мазмұн қол қойылған атрибуттарға ұқсайды

the signature has no signed attributes
в подписи нет подписанных атрибутов
қолтаңбада қол қойылған атрибуттар жоқ

the signed attributes are not in DER order
подписанные атрибуты стоят не в порядке DER
қол қойылған атрибуттар DER ретімен тұрған жоқ

signed attributes given twice: {}
подписанные атрибуты указаны дважды: {}
қол қойылған атрибуттар екі рет берілген: {}

signed attributes that are not allowed: {}
недопустимые подписанные атрибуты: {}
рұқсат етілмеген қол қойылған атрибуттар: {}

the signed attribute contentType is missing or not single
подписанный атрибут contentType отсутствует или не единственный
қол қойылған contentType атрибуты жоқ немесе жалғыз емес

the signed attribute contentType is not {}
подписанный атрибут contentType — не {}
қол қойылған contentType атрибуты {} емес

the signed attribute messageDigest is missing or not single
подписанный атрибут messageDigest отсутствует или не единственный
қол қойылған messageDigest атрибуты жоқ немесе жалғыз емес

the signature was made over other bytes
подписаны другие данные
қол басқа деректерге қойылған

the signed attribute cmsAlgorithmProtection is not single
подписанный атрибут cmsAlgorithmProtection не единственный
қол қойылған cmsAlgorithmProtection атрибуты жалғыз емес

the signed attribute cmsAlgorithmProtection names other algorithms
подписанный атрибут cmsAlgorithmProtection называет другие алгоритмы
қол қойылған cmsAlgorithmProtection атрибутында басқа алгоритмдер аталған

the signed attribute signingCertificateV2 is missing or not single
подписанный атрибут signingCertificateV2 отсутствует или не единственный
қол қойылған signingCertificateV2 атрибуты жоқ немесе жалғыз емес

signingCertificateV2 names more than one certificate
signingCertificateV2 называет несколько сертификатов
signingCertificateV2 бірнеше сертификатты атайды

signingCertificateV2 uses digest {}, which is not allowed
в signingCertificateV2 недопустимый алгоритм хеширования {}
signingCertificateV2 ішіндегі {} хештеу алгоритміне рұқсат жоқ

signingCertificateV2 names another certificate
signingCertificateV2 называет другой сертификат
signingCertificateV2 басқа сертификатты атайды

the signed attribute signingCertificate is missing or not single
подписанный атрибут signingCertificate отсутствует или не единственный
қол қойылған signingCertificate атрибуты жоқ немесе жалғыз емес

signingCertificate names another certificate
signingCertificate называет другой сертификат
signingCertificate басқа сертификатты атайды

signingCertificate names another issuer or serial number
signingCertificate называет другого издателя или другой серийный номер
signingCertificate басқа берушіні немесе басқа сериялық нөмірді атайды

the signed attribute signingTime is not single
подписанный атрибут signingTime не единственный
қол қойылған signingTime атрибуты жалғыз емес

the signature value does not match
значение подписи не сходится
қолтаңбаның мәні сәйкес келмейді

the key or signature cannot be read: {}
ключ или подпись не читаются: {}
кілт немесе қолтаңба оқылмайды: {}

cannot be read: {}
не читается: {}
оқылмайды: {}

an algorithm identifier has at most one parameter
у идентификатора алгоритма может быть не больше одного параметра
алгоритм идентификаторында бірден артық параметр болмайды

digest {} does not go with this algorithm
алгоритм хеширования {} не подходит к этому алгоритму подписи
{} хештеу алгоритмі бұл қолтаңба алгоритміне сай келмейді

the certificate's key is not an RSA key
ключ сертификата — не ключ RSA
сертификаттың кілті RSA кілті емес

an RSA key of {} bits
ключ RSA длиной {} бит
{} биттік RSA кілті

an RSA key with exponent {}
ключ RSA с показателем {}
дәреже көрсеткіші {} болатын RSA кілті

the certificate's key is not on P-256 or P-384
ключ сертификата не на кривой P-256 или P-384
сертификаттың кілті P-256 немесе P-384 қисығында емес

the certificate's key writes its curve out instead of naming it
в ключе сертификата кривая не названа, а выписана
сертификаттың кілтінде қисық аталмай, толық жазылған

RSA PKCS#1 v1.5 takes no parameters
у RSA PKCS#1 v1.5 не бывает параметров
RSA PKCS#1 v1.5 параметр қабылдамайды

RSA-PSS must use one digest throughout and a salt of its length
в RSA-PSS должен быть один алгоритм хеширования и соль его длины
RSA-PSS бір хештеу алгоритмін және ұзындығы соған тең тұзды қолдануға тиіс

ECDSA takes no parameters
у ECDSA не бывает параметров
ECDSA параметр қабылдамайды

the certificate's key is not one of {}
ключ сертификата не того вида: нужен {}
сертификаттың кілті басқа түрде: керегі {}

the certificate's key is on another curve than {}
ключ сертификата на другой кривой: нужна {}
сертификаттың кілті басқа қисықта: керегі {}

digest algorithm {} is not allowed
алгоритм хеширования {} не допускается
{} хештеу алгоритміне рұқсат жоқ

signature algorithm {} is not allowed
алгоритм подписи {} не допускается
{} қолтаңба алгоритміне рұқсат жоқ

the signature algorithm implies another digest than the one named
алгоритм подписи требует не того алгоритма хеширования, который назван
қолтаңба алгоритмі аталғаннан басқа хештеу алгоритмін талап етеді

more than {} bytes for a digest of GOST
больше {} байт для хеширования по ГОСТ
ГОСТ бойынша хештеуге {} байттан көп берілген

{} takes no parameters
у {} не бывает параметров
{} параметр қабылдамайды

the signature algorithm named inside is not the one outside
алгоритм подписи внутри назван не тот, что снаружи
қолтаңба алгоритмі ішінде басқаша, сыртында басқаша аталған

a key of {} has {} octets, not {}
у ключа {} должно быть {} байт, здесь их {}
{} кілті {} байт болуға тиіс, мұндағысы: {}

the key is not a point of {}
ключ — не точка кривой {}
кілт {} қисығының нүктесі емес

RSA with {}
RSA с {}
RSA, {}

ECDSA with {}
ECDSA с {}
ECDSA, {}

no longer good at {}: {}
на {} уже не годится: {}
{} сәтінде енді жарамсыз: {}

the trust folder is for {}, not for {}
папка доверия для среды {}, а не для {}
сенім қалтасы {} ортасына арналған, керегі: {}
"""
