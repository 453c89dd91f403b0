<?xml version="1.0" encoding="UTF-8"?>
<!-- One line for each identifier of each item of an application, with its evidence. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
	xmlns:tro="urn:tro:workflow:1">
	<xsl:output method="text" encoding="UTF-8"/>
	<xsl:param name="training"/>

	<xsl:template match="/case">
		<xsl:text>mode,item,type,value,dialled,provider,actions,use,exhibit,row,column,checked&#13;&#10;</xsl:text>
		<xsl:for-each select="items/item/identifier">
			<xsl:choose><xsl:when test="$training = 'yes'">TRAINING</xsl:when><xsl:otherwise>live</xsl:otherwise></xsl:choose>
			<xsl:value-of select="concat(',', ../@n, ',', @type, ',')"/>
			<xsl:choose>
				<xsl:when test="@type = 'msisdn'"><xsl:value-of select="tro:csv(substring-after(@value, '+'))"/></xsl:when>
				<xsl:otherwise><xsl:value-of select="tro:csv(string(@value))"/></xsl:otherwise>
			</xsl:choose>
			<xsl:value-of select="concat(',', tro:csv(string(@dialled)), ',', tro:csv(string(../provider)), ',', tro:csv(string(../actions)), ',')"/>
			<xsl:value-of select="concat(tro:csv(string(../use)), ',', tro:csv(string(../exhibit)), ',', tro:csv(string(../row)), ',', tro:csv(string(../column)), ',', ../checked, '&#13;&#10;')"/>
		</xsl:for-each>
	</xsl:template>
</xsl:stylesheet>
