package app.nightstand.story

import app.nightstand.Action
import app.nightstand.Author
import app.nightstand.Cancel
import app.nightstand.DayOfYear
import app.nightstand.ExportAs
import app.nightstand.ImportInto
import app.nightstand.ProgressObserver
import app.nightstand.ProgressReport
import app.nightstand.InputFault
import app.nightstand.JournalRow
import app.nightstand.Mark
import app.nightstand.NightstandException
import app.nightstand.RichText
import app.nightstand.RowChange
import app.nightstand.RowsQuery
import app.nightstand.RowsState
import app.nightstand.RowsUpdate
import app.nightstand.Sharing
import app.nightstand.Style
import app.nightstand.Texts
import app.nightstand.Visibility
import app.nightstand.ZoneOffsets
import app.nightstand.richTextFromMarkdown
import app.nightstand.richTextToMarkdown
import app.nightstand.updates
import java.time.Duration
import java.time.Instant
import java.time.ZoneOffset
import kotlin.io.path.exists
import kotlin.io.path.readText
import kotlin.io.path.writeText
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNotEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.launch

/** Alex's own diary: writing, reading, importing. */
class StoryJournal : Phones() {
    @Test
    fun `a diary of ones own`() = story {
        val alex = openVault(folder, "alex.db", 1)
        val journal = alex.journal()
        val draft = entry("Tea 🕯", "Hot, strong and sweet.").copy(
            body = RichText("Hot, strong and sweet.", listOf(Mark(start = 5u, end = 11u, style = Style.Bold))),
            tags = listOf("tea", "evening"),
            mood = "calm",
            favourite = true,
        )
        val id = journal.write(draft, Sharing.PRIVATE)
        val view = journal.read(id)
        assertEquals(SUNDAY, view.entry.moment.utc)
        assertEquals(listOf("evening", "tea"), view.entry.tags)
        assertEquals(Triple(id, Author.ME, Visibility.ONLY_ME), Triple(view.id, view.author, view.visibility))
        assertEquals(draft.copy(tags = emptyList()), view.entry.copy(tags = emptyList()))
        assertNotEquals(listOf(Mark(start = 3u, end = 9u, style = Style.Bold)), view.entry.body.marks)

        journal.edit(id, entry("Tea again", "Cold by now."), view.version)
        assertEquals("Tea again", journal.read(id).entry.title)
        for (day in 1L..5L) journal.write(entry("Day $day", "…", day), Sharing.PRIVATE)
        val first = journal.rows(RowsQuery(limit = 4u))
        val rest = journal.rows(RowsQuery(after = first.next))
        assertEquals((5 downTo 1).map { "Day $it" } + "Tea again", (first.rows + rest.rows).map { it.title })
        assertNull(rest.next)
        journal.delete(id)
        assertEquals(5uL, journal.count(RowsQuery()))
        fails<NightstandException.Deleted>("deleted", Action.CHOOSE_AGAIN) { journal.read(id) }
        fails<NightstandException.NotFound>("not_found", Action.CHOOSE_AGAIN) { journal.read("mine-of nothing") }
    }

    @Test
    fun `a list stays true`() = story {
        val alex = openVault(folder, "alex.db", 1)
        val journal = alex.journal()
        val screen = mutableListOf<JournalRow>()
        val list = journal.watchRows(RowsQuery(limit = 2u))
        suspend fun draw(): RowsUpdate? {
            val update = list.next()
            if (update is RowsUpdate.Whole) screen.apply { clear() }.addAll(update.state.rows)
            if (update is RowsUpdate.Changed) update.changes.forEach { it.on(screen) }
            return update
        }
        assertEquals(RowsState(number = 1u, rows = emptyList(), months = emptyList(), next = null), (draw() as RowsUpdate.Whole).state)
        for (day in 1L..3L) {
            journal.write(entry("Day $day", "…", day), Sharing.PRIVATE)
            draw()
        }
        assertEquals(listOf("Day 3", "Day 2"), screen.map { it.title })
        list.show(null, 10u)
        val grown = draw() as RowsUpdate.Changed
        assertEquals(listOf(5uL, null), listOf(grown.number, grown.next))
        assertEquals(listOf<RowChange>(RowChange.Insert(2u, journal.rows(RowsQuery()).rows[2])), grown.changes)
        assertEquals(listOf(Triple(2026, 11, 3uL)), grown.months.map { Triple(it.year, it.month.toInt(), it.entries) })
        val earlier = screen[0].id
        journal.edit(earlier, entry("A month ago", "…", -30), journal.read(earlier).version)
        val moved = draw() as RowsUpdate.Changed
        assertEquals(RowChange.Move(origin = 0u, target = 2u), moved.changes.first())
        assertEquals(listOf("Day 2", "Day 1", "A month ago"), screen.map { it.title })
        assertEquals(moved.months, journal.months(RowsQuery()))
        val october = journal.rows(RowsQuery(after = moved.months[1].start)).rows
        assertEquals(listOf("A month ago"), october.map { it.title })

        alex.pause(Duration.ofSeconds(2))
        alex.resume()
        assertEquals(screen.toList(), (draw() as RowsUpdate.Whole).state.rows)
        val (drawn, titles) = Channel<Unit>() to mutableListOf<List<String>>()
        val other = journal.watchRows(RowsQuery(limit = 1u))
        val drawing = launch {
            other.updates().collect {
                if (it is RowsUpdate.Whole) titles += it.state.rows.map { row -> row.title }
                drawn.send(Unit)
            }
        }
        drawn.receive()
        assertEquals(listOf(listOf("Day 2")), titles)
        other.end()
        drawing.join()
        assertFailsWith<NightstandException.InvalidInput> { journal.watchRows(RowsQuery(day = DayOfYear(13u, 1u))) }
        alex.shut()
        assertNull(draw())
    }

    @Test
    fun `finding an entry again`() = story {
        val alex = openVault(folder, "alex.db", 1)
        val journal = alex.journal()
        journal.write(entry("Zażółć gęślą jaźń", "By the lantern 🕯 in Łódź.").copy(tags = listOf("light")), Sharing.PRIVATE)
        journal.write(entry("Lanterns", "ただいま、と言える場所。A hug.", 1).copy(mood = "calm", favourite = true), Sharing.PRIVATE)
        val found = journal.search("lant", RowsQuery()).hits
        assertEquals(listOf("Lanterns", "Zażółć gęślą jaźń"), found.map { it.row.title })
        val match = found[1].snippetMatches.single()
        assertEquals("lantern", found[1].snippet.substring(match.start.toInt(), match.end.toInt()))
        for (text in listOf("zazolc", "lodz", "GESLA jazn", "\"in lodz\"")) {
            assertEquals(1, journal.search(text, RowsQuery()).hits.size, text)
        }
        assertEquals(listOf("Lanterns"), journal.search("場所", RowsQuery()).hits.map { it.row.title })
        val otherWord = journal.search("cuddle", RowsQuery()).hits.single()
        val hug = otherWord.snippetMatches.single()
        assertEquals("hug", otherWord.snippet.substring(hug.start.toInt(), hug.end.toInt()))
        assertTrue(journal.search("\"cuddle\"", RowsQuery()).hits.isEmpty())
        val texts = Texts(emptyList())
        texts.addSynonyms("en", "lantern*, torch")
        assertEquals(2, journal.search("torch", RowsQuery(), 0u, texts).hits.size)
        assertTrue(journal.search("torch", RowsQuery()).hits.isEmpty())
        val tagged = journal.search("lant", RowsQuery(tags = listOf("light"))).hits
        assertEquals("Zażółć gęślą jaźń", tagged[0].row.title)
        val first = journal.search("lant", RowsQuery(limit = 1u))
        assertEquals(1 to 1u, first.hits.size to first.next)
        assertNull(journal.search("lant", RowsQuery(limit = 1u), first.next!!).next)
        assertEquals(listOf("Lanterns"), titles(alex, RowsQuery(favourites = true, mood = "calm")))
        val sunday = RowsQuery(since = SUNDAY, until = SUNDAY + Duration.ofDays(1))
        assertEquals(listOf("Zażółć gęślą jaźń"), titles(alex, sunday))
        assertEquals(listOf("Lanterns"), titles(alex, RowsQuery(day = DayOfYear(month = 11u, day = 16u))))
        assertEquals(listOf("light" to 1uL), journal.tags().map { it.tag to it.entries })
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) { journal.search(" … ", RowsQuery()) }
    }

    @Test
    fun `going back to how it was`() = story {
        val alex = openVault(folder, "alex.db", 1)
        val journal = alex.journal()
        val id = journal.write(entry("Evening", "We lay there."), Sharing.PRIVATE)
        journal.edit(id, entry("Night", "It rained."), journal.read(id).version)
        val (newest, oldest) = journal.history(id)
        assertEquals(Author.ME to true, newest.`by` to (newest.at!! >= oldest.at!!))
        assertEquals("We lay there.", journal.readPast(id, oldest.version).body.text)
        val restored = journal.restore(id, oldest.version).entry
        assertEquals("Evening" to "We lay there.", restored.title to restored.body.text)
        assertEquals(3, journal.history(id).size)
        fails<NightstandException.NotFound>("not_found", Action.CHOOSE_AGAIN) { journal.restore(id, ByteArray(32)) }
    }

    @Test
    fun `taking the journal along`() = story {
        val alex = openVault(folder, "alex.db", 1)
        val path = { name: String -> folder.resolve(name).toString() }
        alex.journal().write(entry("Evening", "We lay there."), Sharing.PRIVATE)
        for ((form, name) in listOf(ExportAs.MARKDOWN to "a.zip", ExportAs.JSON to "a.json", ExportAs.DAY_ONE to "b.zip")) {
            assertEquals(1uL, alex.journal().export(path(name), form, RowsQuery()).entries)
        }
        assertTrue("We lay there." in folder.resolve("a.json").readText())
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            alex.journal().export(path("a.json"), ExportAs.JSON, RowsQuery())
        }
        val sam = openVault(folder, "sam.db", 2)
        sam.journal().importDayOne(path("b.zip"), ImportInto.PRIVATE)
        assertEquals(listOf("Evening"), titles(sam))
        val cancel = Cancel().also { it.cancel() }
        fails<NightstandException.Cancelled>("cancelled", Action.WAIT, retryable = true) {
            alex.journal().export(path("c.zip"), ExportAs.DAY_ONE, RowsQuery(), cancel = cancel)
        }
        assertFalse(folder.resolve("c.zip").exists())
    }

    @Test
    fun `an import that is cancelled and goes on`() = story {
        val alex = openVault(folder, "alex.db", 1)
        val export = folder.resolve("export.json")
        val days = (0 until 900).map { day ->
            val zone = if (day > 0) "Europe/London" else "Nowhere/Else"
            """{"uuid": "${"%032X".format(day)}", "creationDate": "1660-01-01T12:00:00Z", "timeZone": "$zone",
                "text": "# Day $day\n\nUp early.", "starred": ${day == 1}, "tags": ["diary"]}"""
        }
        export.writeText("""{"metadata": {"version": "1.0"}, "entries": [${days.joinToString()}]}""")
        val cancel = Cancel()
        val progress = Bar { done -> if (done >= 200uL) cancel.cancel() }
        val summary = alex.journal().importDayOne(export.toString(), ImportInto.PRIVATE, Zones, progress, cancel)
        assertTrue(summary.cancelled && cancel.isCancelled())
        assertEquals(900uL, summary.total)
        assertTrue(summary.imported in 1uL..899uL)
        assertEquals(summary.imported, alex.journal().count(RowsQuery()))

        val broken = Bar { error("a bar that breaks") }
        val rest = alex.journal().importDayOne(export.toString(), ImportInto.PRIVATE, Zones, broken)
        assertEquals(
            Triple(900uL - summary.imported, summary.imported, false),
            Triple(rest.imported, rest.known, rest.cancelled),
        )
        val page = alex.journal().rows(RowsQuery(limit = 900u))
        val moments = page.rows.associate { it.moment.zone to it.moment }
        assertEquals(-75, moments.getValue("Europe/London").offsetSeconds)
        assertNull(moments.getValue("Nowhere/Else").offsetSeconds)
        assertEquals(Instant.parse("1660-01-01T12:00:00Z"), moments.getValue("Europe/London").utc)
        assertEquals(900uL, progress.total)
        export.writeText("no export")
        fails<NightstandException.InvalidInput>("invalid_input", Action.CHOOSE_AGAIN) {
            alex.journal().importDayOne(export.toString(), ImportInto.PRIVATE)
        }
    }

    @Test
    fun `markdown in and out`() {
        val text = richTextFromMarkdown("# Sunday\n\nTea **in bed**, [again](https://example.org).\n")
        assertTrue(text.text.startsWith("Sunday\n"))
        assertTrue(Style.Heading(level = 1u) in text.marks.map { it.style })
        assertEquals(text, richTextFromMarkdown(richTextToMarkdown(text)))
    }

    @Test
    fun `no error tells what was written`() = story {
        val alex = openVault(folder, "secret-name.db", 1)
        val secret = "a private word"
        val backwards = Mark(start = 9u, end = 5u, style = Style.Link(url = secret))
        val bad = listOf(
            entry("", secret).copy(mood = ""), entry("", secret).copy(tags = listOf(" ")),
            entry(secret + "\n", secret), entry(secret.repeat(100), ""), entry("", secret.repeat(20_000)),
            entry("", secret).copy(body = RichText(secret, listOf(backwards))),
        )
        val faults = bad.map { draft ->
            val error = assertFailsWith<NightstandException.InvalidInput> {
                alex.journal().write(draft, Sharing.PRIVATE)
            }
            for (text in listOf(error.toString(), error.message, error.describe(), error.stackTraceToString())) {
                assertFalse("private word" in text || "secret-name" in text)
            }
            assertEquals(error.describe(), error.toString())
            assertTrue(error.describe().startsWith("an input can't be used"))
            error.what
        }
        assertEquals(
            listOf(
                InputFault.MOOD, InputFault.TAGS, InputFault.TITLE_OF_SEVERAL_LINES, InputFault.TITLE_TOO_LONG,
                InputFault.TEXT_TOO_LONG, InputFault.STYLES,
            ),
            faults,
        )
        val error = assertFailsWith<NightstandException> {
            openVault(folder.resolve("missing-secret"), "secret-name.db", 1)
        }
        assertFalse("secret-name" in error.stackTraceToString() || "missing-secret" in error.describe())
        assertFailsWith<ArithmeticException> {
            alex.journal().write(entry("", "").let { it.copy(moment = it.moment.copy(utc = Instant.MAX)) }, Sharing.PRIVATE)
        }
    }
}

private object Zones : ZoneOffsets {
    override fun offsetSeconds(zone: String, at: Instant): Int {
        check(at.atOffset(ZoneOffset.UTC).year == 1660 && zone == "Europe/London") { "no such zone" }
        return -75
    }
}

private class Bar(private val react: (ULong) -> Unit) : ProgressObserver {
    @Volatile
    var total = 0uL

    override fun progressed(progress: ProgressReport) {
        total = progress.total
        react(progress.done)
    }
}

/** One step of a list, as a `RecyclerView` or a `LazyColumn`'s list takes it. */
fun RowChange.on(rows: MutableList<JournalRow>) {
    when (this) {
        is RowChange.Delete -> rows.removeAt(at.toInt())
        is RowChange.Insert -> rows.add(at.toInt(), row)
        is RowChange.Move -> rows.add(target.toInt(), rows.removeAt(origin.toInt()))
        is RowChange.Update -> rows[at.toInt()] = row
    }
}
