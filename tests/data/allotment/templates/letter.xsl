<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
	<xsl:output method="text" encoding="UTF-8"/>
	<xsl:template match="/case">TRAINING,<xsl:value-of select="title"/>,plots: <xsl:value-of select="plots"/></xsl:template>
</xsl:stylesheet>
