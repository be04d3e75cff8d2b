"""The last step of a PDF: title, language, metadata, colour profile, attached record; the structure of PDF/A-3b.

The structure follows PDF/A-3b (every font embedded, sRGB output intent, matching XMP, attached file with its relation).
No validator for PDF/A-3 could be had when this was written, so the claim is "made to PDF/A-3b", not "validated".
"""

from __future__ import annotations

import functools
from datetime import datetime
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

from inspector_app.reports.parts import Embedded, ReportContent

PRODUCER = "Inspector"

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
   <pdfaid:part>3</pdfaid:part>
   <pdfaid:conformance>B</pdfaid:conformance>
   <dc:format>application/pdf</dc:format>
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
   <dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
   <dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
   <xmp:CreateDate>{date}</xmp:CreateDate>
   <xmp:ModifyDate>{date}</xmp:ModifyDate>
   <xmp:CreatorTool>{producer}</xmp:CreatorTool>
   <pdf:Producer>{producer}</pdf:Producer>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


@functools.cache
def _srgb() -> bytes:
    from PIL import ImageCms

    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes.fromhex("07EA00010001000000000000")  # its date would differ from run to run
    profile[84:100] = bytes(16)  # and so would the profile id made from it
    return bytes(profile)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat("2026-01-01T00:00:00+07:00")


def _pdf_date(moment: datetime) -> str:
    zone = moment.strftime("%z") or "+0700"
    return f"D:{moment:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:5]}'"


def finish(body: BinaryIO, content: ReportContent, out: BinaryIO) -> None:
    """Write the drawn pages with everything around them. Same pages and content, same bytes."""
    import pikepdf

    body.seek(0)
    with pikepdf.open(body) as pdf:
        _describe(pdf, content)
        _colours(pdf)
        if content.embedded:
            _attach(pdf, content.embedded, _moment(content.created_at))
        pdf.save(
            out,
            deterministic_id=True,
            min_version="1.7",
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
        )


def _describe(pdf: Any, content: ReportContent) -> None:
    from pikepdf import Dictionary, Name, Stream, String

    language = "en-US" if content.language == "en" else "th-TH"
    title = f"{content.title} {content.record_code}"
    moment = _moment(content.created_at)
    pdf.Root.Lang = String(language)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    for key in list(pdf.docinfo):
        del pdf.docinfo[key]
    pdf.docinfo[Name.Title] = String(title)
    pdf.docinfo[Name.Author] = String(content.author)
    pdf.docinfo[Name.Subject] = String(content.running)
    pdf.docinfo[Name.Producer] = String(PRODUCER)
    pdf.docinfo[Name.Creator] = String(PRODUCER)
    pdf.docinfo[Name.CreationDate] = String(_pdf_date(moment))
    pdf.docinfo[Name.ModDate] = String(_pdf_date(moment))
    packet = _XMP.format(
        title=escape(title),
        author=escape(content.author),
        subject=escape(content.running),
        language=language,
        date=moment.isoformat(timespec="seconds"),
        producer=PRODUCER,
    )
    pdf.Root.Metadata = Stream(pdf, packet.encode("utf-8"), {"/Type": Name.Metadata, "/Subtype": Name.XML})


def _colours(pdf: Any) -> None:
    from pikepdf import Array, Dictionary, Name, Stream, String

    profile = Stream(pdf, _srgb(), {"/N": 3})
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name("/GTS_PDFA1"),
        OutputConditionIdentifier=String("sRGB"),
        Info=String("sRGB"),
        DestOutputProfile=pdf.make_indirect(profile),
    )
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])


def _attach(pdf: Any, files: tuple[Embedded, ...], moment: datetime) -> None:
    from pikepdf import Array, Dictionary, String

    specs = [(file.name, _file_spec(pdf, file, moment)) for file in sorted(files, key=lambda f: f.name)]
    pdf.Root.AF = Array([spec for _, spec in specs])
    tree = Dictionary(Names=Array([part for name, spec in specs for part in (String(name), spec)]))
    if "/Names" not in pdf.Root:
        pdf.Root.Names = Dictionary()
    pdf.Root.Names.EmbeddedFiles = pdf.make_indirect(tree)


def _file_spec(pdf: Any, embedded: Embedded, moment: datetime) -> Any:
    from pikepdf import Dictionary, Name, Stream, String

    stream = Stream(pdf, embedded.data, {"/Type": Name.EmbeddedFile, "/Subtype": Name("/application/json")})
    stream.Params = Dictionary(Size=len(embedded.data), ModDate=String(_pdf_date(moment)))
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Filespec,
            F=String(embedded.name),
            UF=String(embedded.name),
            Desc=String(embedded.description),
            AFRelationship=Name.Source,
            EF=Dictionary(F=pdf.make_indirect(stream)),
        )
    )
