"""Faults of containers, of the acts in them, and of trust folders. English, Russian, Kazakh; ``{}`` is what varies."""

TEXT = """
does not follow the act before it
не следует за предыдущим актом
алдындағы актіден кейін келмейді

unknown schema {}
неизвестная схема {}
белгісіз схема {}

parts missing or of another shape: {}
части отсутствуют или имеют другой вид: {}
бөліктері жоқ немесе басқа түрде: {}

not in the container
в контейнере нет
контейнерде жоқ

not as signed
не такой, каким был подписан
қол қойылған күйінде емес

not listed in the signed act
не назван в подписанном акте
қол қойылған актіде аталмаған

the last act of the chain is not the act itself
последний акт цепочки — не сам этот акт
тізбектің соңғы актісі осы актінің өзі емес

earlier acts are not included
более ранние акты не приложены
бұрынғы актілер қоса берілмеген

{}: only whole numbers are allowed
{}: допускаются только целые числа
{}: тек бүтін сандарға рұқсат бар

$: an object is expected
$: ожидается объект
$: объект күтіледі

the bytes are not in canonical form
данные записаны не в каноническом виде
деректер канондық түрде жазылмаған

a key is given twice
ключ указан дважды
кілт екі рет берілген

{}: nested too deeply
{}: слишком глубокая вложенность
{}: тым терең салынған

nested too deeply
слишком глубокая вложенность
тым терең салынған

{}: {} where text is expected
{}: {} там, где ожидается текст
{}: мәтін күтілген жерде {}

{}: a lone surrogate
{}: непарный суррогатный знак
{}: жұпсыз суррогат таңба

{}: text is not in Unicode normal form C
{}: текст не в нормальной форме C Юникода
{}: мәтін Юникодтың C қалыпты түрінде емес

{}: {} is beyond 2^53-1
{}: {} больше 2^53-1
{}: {} саны 2^53-1 шегінен асады

{}: {} has no canonical form
{}: у {} нет канонического вида
{}: {} үшін канондық түр жоқ

the container's mimetype is missing, not first, compressed or another
mimetype контейнера отсутствует, стоит не первым, сжат или другой
контейнердің mimetype жазбасы жоқ, бірінші емес, қысылған немесе басқа

the container must hold {} and {} and nothing else
в контейнере должны быть {} и {} и больше ничего
контейнерде {} мен {} ғана болуға тиіс

more slow operations than are done for one container: verify it offline with --larger
медленных операций больше, чем выполняется для одного контейнера: проверьте его офлайн с ключом --larger
баяу операциялар бір контейнер үшін орындалатыннан көп: оны --larger кілтімен офлайн тексеріңіз

{}: larger than {} bytes
{}: больше {} байт
{}: {} байттан үлкен

the container has {}
в контейнере {}
контейнерде {}

entries
записи
жазбалар

files
файлы
файлдар

acts
акты
актілер

bytes beside the files
байт помимо файлов
файлдардан тыс байт

bytes of acts
байт актов
актілердің байты

bytes of files
байт файлов
файлдардың байты

the evidence has more than {} members
в доказательствах больше {} элементов
дәлелдемелерде {} элементтен көп

{} is missing
нет {}
{} жоқ

the container is of an unknown kind
контейнер неизвестного вида
контейнердің түрі белгісіз

the container does not hold exactly what its manifest lists
в контейнере не то, что перечислено в его описи
контейнердің ішіндегісі оның тізімдемесіне сай емес

an act has no position
у акта нет порядкового номера
актінің реттік нөмірі жоқ

{}: act or signature is missing
{}: нет акта или подписи
{}: акт немесе қолтаңба жоқ

not a ZIP archive, or bytes before or after it
это не архив ZIP, или есть байты перед ним или после него
бұл ZIP мұрағаты емес, немесе оның алдында не соңында артық байттар бар

the archive is too large
архив слишком велик
мұрағат тым үлкен

two entries have one name
две записи архива с одним именем
мұрағатта аты бірдей екі жазба бар

the archive is empty or does not begin with its first entry
архив пуст или начинается не со своей первой записи
мұрағат бос немесе бірінші жазбасынан басталмайды

{}: not a plain file
{}: не обычный файл
{}: кәдімгі файл емес

{}: a hidden name or a comment
{}: скрытое имя или примечание
{}: жасырын ат немесе түсініктеме

{}: compressed beyond reason
{}: сжато сверх разумного
{}: шектен тыс қысылған

{} is not a name for an entry
{}: не имя для записи архива
{}: мұрағат жазбасына жарамайтын ат

Bad CRC-32 for file {}
контрольная сумма CRC-32 файла {} не сходится
{} файлының CRC-32 бақылау сомасы сәйкес емес

the archive cannot be read: {}
архив не читается: {}
мұрағат оқылмайды: {}

{}: its issuer is not in the trust folder
{}: издателя нет в папке доверия
{}: берушісі сенім қалтасында жоқ

{}: does not lead to a root of the folder
{}: не ведёт к корню из папки
{}: қалтадағы түбірге апармайды

{}: an authority of this name has no place in a production trust folder
{}: центру с таким именем не место в рабочей папке доверия
{}: мұндай атты орталықтың жұмыс ортасының сенім қалтасында орны жоқ

the trust folder holds no authority
в папке доверия нет ни одного центра
сенім қалтасында бірде-бір орталық жоқ

trusted for a time, but not in the trust folder: {}
доверие на время, но в папке доверия нет: {}
уақытша сенім көрсетілген, бірақ сенім қалтасында жоқ: {}

{}: a trust folder for {}, where {} is required
{}: папка доверия для среды {}, а нужна для {}
{}: сенім қалтасы {} ортасына арналған, керегі: {}

{}: not a certificate: {}
{}: не сертификат: {}
{}: сертификат емес: {}

{}: not a revocation list: {}
{}: не список отзыва: {}
{}: қайтарып алу тізімі емес: {}

the file
файл
файл

{}: names and values are expected
{}: ожидаются имена и значения
{}: атаулар мен мәндер күтіледі

{}: not known: {}
{}: неизвестно: {}
{}: белгісіз: {}

rules: a list is expected for {}
rules: для {} ожидается список
rules: {} үшін тізім күтіледі

rules of {}: not in the order of time
rules, {}: не по порядку времени
rules, {}: уақыт ретімен емес

{}: either usual or a rule is expected
{}: ожидается либо usual, либо правило
{}: не usual, не ереже күтіледі

{}: object identifiers are expected, for example 1.2.398.3.3.4.1.2
{}: ожидаются объектные идентификаторы, например 1.2.398.3.3.4.1.2
{}: объектілік идентификаторлар күтіледі, мысалы 1.2.398.3.3.4.1.2

{}: key usages are expected, of {}
{}: ожидаются назначения ключа из числа: {}
{}: кілт мақсаттары күтіледі, мыналардың ішінен: {}

trusted: not the SHA-256 of a certificate: {}
trusted: это не SHA-256 сертификата: {}
trusted: бұл сертификаттың SHA-256 мәні емес: {}

{}: an instant needs its offset from UTC, for example Z
{}: у момента должно быть смещение от UTC, например Z
{}: сәтте UTC-ден ығысу болуға тиіс, мысалы Z

purpose must be one of {}, not {}
purpose должно быть одним из {}, а не {}
purpose мыналардың бірі болуға тиіс: {}; мұндағысы: {}
"""
