<?xml version="1.0" encoding="UTF-8"?>
<!-- README.txt, from the manifest. The lines with hashes are what sha256sum reads. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
	xmlns:m="urn:tro:manifest:1" xmlns:tro="urn:tro:workflow:1">
	<xsl:output method="text" encoding="UTF-8"/>

	<xsl:template match="m:filing">
		<xsl:if test="@mode = 'TRAINING'">TRAINING: not a real case. Nothing in here binds anybody.

</xsl:if>
		<xsl:value-of select="@title"/><xsl:text>
Case </xsl:text><xsl:value-of select="@case"/><xsl:text>. Made </xsl:text><xsl:value-of select="tro:local(string(@time))"/><xsl:text> (UK time).</xsl:text>
		<xsl:if test="@marking"><xsl:text>
</xsl:text><xsl:value-of select="@marking"/></xsl:if>
		<xsl:text>

What is in here
</xsl:text>
		<xsl:for-each select="m:document">
			<xsl:value-of select="concat('  ', @path, '&#10;      ', @title, '&#10;')"/>
		</xsl:for-each>
		<xsl:text>
Open the .html files with any browser. The .akn.xml files hold the same texts in Akoma Ntoso 3.0
(OASIS LegalDocML) for machines; filing.xml lists everything with its SHA-256 and what it was made
with.
</xsl:text>
		<xsl:if test="m:document[@media = 'text/csv' and (@template or @copy)]">
			<xsl:text>In the CSV files a phone number has no plus sign, and a value that a spreadsheet would take for a
formula has an apostrophe before it. Import all columns as text: a spreadsheet cuts long numbers.
</xsl:text>
		</xsl:if>
		<xsl:if test="m:document[@approved]">
			<xsl:text>
filing.xml marks the documents that the applicant approved: they are in here byte for byte as they
were shown.
</xsl:text>
		</xsl:if>
		<xsl:if test="m:document[@copy]">
			<xsl:text>
Exhibits are copies, and filing.xml gives the SHA-256 of the original of each: of a table the rows
that are cited, each with its number in the original; of a photograph the picture without what the
camera wrote beside it; plain text as it is. Where no such copy can be made, a text stands in its
place and says why. The originals are produced when the court asks for them.
</xsl:text>
			<xsl:for-each select="m:document[@left-out]">
				<xsl:value-of select="concat('  ', @path, ' is not whole: ', @left-out, '.&#10;')"/>
			</xsl:for-each>
		</xsl:if>
		<xsl:if test="m:document[@role = 'sealed-order']">
			<xsl:text>
The order is the paper with the court's seal: </xsl:text><xsl:value-of select="m:document[@role = 'sealed-order']/@path"/><xsl:text>
is its exact copy. Everything else is transcribed from it; where they differ, the sealed order
prevails.
</xsl:text>
		</xsl:if>
		<xsl:text>
How to check that nothing was changed
Ask the sender, over another channel, for the SHA-256 of the container, and compare it with what your
own tool says (sha256sum FILE, or Get-FileHash FILE in PowerShell). Then, in the unpacked folder,
"sha256sum -c README.txt" compares each member with this list:

</xsl:text>
		<xsl:for-each select="m:document">
			<xsl:value-of select="concat(@sha256, '  ', @path, '&#10;')"/>
		</xsl:for-each>
	</xsl:template>
</xsl:stylesheet>
